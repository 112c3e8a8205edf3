package flexo.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A timer whose time passes only in {@link #advance}, and an executor that runs its tasks only in {@link #runAll}. One
 * thread, the test's.
 */
public final class SteppedTimer extends AbstractExecutorService implements ScheduledExecutorService {
    private final List<Task> scheduled = new ArrayList<>();
    private final Deque<Runnable> submitted = new ArrayDeque<>();
    private long nowNanos;
    private long sequence;
    private boolean stopped;

    private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        final long atNanos;
        final long number = sequence++;

        Task(Runnable work, long atNanos) {
            super(work, null);
            this.atNanos = atNanos;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(atNanos - nowNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    /** A timer at time zero. */
    public SteppedTimer() {}

    /**
     * The time, as {@link System#nanoTime}.
     *
     * @return nanoseconds
     */
    public long nanoTime() {
        return nowNanos;
    }

    /**
     * Lets time pass; what becomes due runs at its moment.
     *
     * @param time how much
     */
    public void advance(Duration time) {
        long end = nowNanos + time.toNanos();
        for (Task next = next(end); next != null; next = next(end)) {
            scheduled.remove(next);
            nowNanos = Math.max(nowNanos, next.atNanos);
            next.run();
            runAll();
        }
        nowNanos = end;
    }

    /** Runs what was given to execute, and what that gives. */
    public void runAll() {
        while (!submitted.isEmpty()) {
            submitted.remove().run();
        }
    }

    /**
     * How long until each task that is scheduled and not cancelled, the next first.
     *
     * @return delays
     */
    public List<Duration> delays() {
        return scheduled.stream()
                .filter(task -> !task.isCancelled())
                .map(task -> Duration.ofNanos(task.atNanos - nowNanos))
                .sorted()
                .toList();
    }

    private Task next(long untilNanos) {
        return scheduled.stream()
                .filter(task -> !task.isCancelled() && task.atNanos <= untilNanos)
                .min(Comparator.<Task>comparingLong(task -> task.atNanos).thenComparingLong(task -> task.number))
                .orElse(null);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        if (stopped) {
            throw new RejectedExecutionException("stopped");
        }
        Task task = new Task(command, nowNanos + unit.toNanos(delay));
        scheduled.add(task);
        return task;
    }

    @Override
    public void execute(Runnable command) {
        submitted.add(command);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    /** Takes no task any more; time does not stop. */
    @Override
    public void shutdown() {
        stopped = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShutdown() {
        return stopped;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }
}
