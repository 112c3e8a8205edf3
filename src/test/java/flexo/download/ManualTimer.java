package flexo.download;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A timer whose time passes only when a test says so, and whose tasks run in the test's own thread when they are due. */
public final class ManualTimer extends AbstractExecutorService implements ScheduledExecutorService {
    private final List<Task> tasks = new ArrayList<>();
    /** Begins shortly before the numbers wrap around, which {@link System#nanoTime} may do at any time. */
    private long nowNanos = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

    private boolean shutdown;
    /** Of a task; null if none has failed. */
    private RuntimeException failure;

    private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final long dueNanos;

        Task(Runnable work, long dueNanos) {
            super(() -> runAndTell(work), null);
            this.dueNanos = dueNanos;
        }

        long nanosLeft() {
            return dueNanos - nowNanos;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(nanosLeft(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }

        @Override
        protected void done() {
            tasks.remove(this);
        }
    }

    public long nanoTime() {
        return nowNanos;
    }

    /** How many tasks wait for their time. */
    public int pending() {
        return tasks.size();
    }

    /** Lets time pass; what becomes due runs at its own moment, and {@code afterEach} after each. */
    public void pass(Duration duration, Runnable afterEach) {
        long end = nowNanos + duration.toNanos();
        Optional<Task> next = earliest();
        while (next.isPresent() && next.get().dueNanos - end <= 0) {
            if (next.get().dueNanos - nowNanos > 0) {
                nowNanos = next.get().dueNanos;
            }
            run(next.get());
            afterEach.run();
            next = earliest();
        }
        nowNanos = end;
    }

    private Optional<Task> earliest() {
        return tasks.stream().min(Task::compareTo);
    }

    private void run(Task task) {
        task.run();
        if (failure != null) {
            throw new AssertionError("a task of the timer failed", failure);
        }
    }

    /** A future would keep it to itself, as that of a real timer does. */
    private void runAndTell(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        Task task = new Task(work, nowNanos + unit.toNanos(delay));
        tasks.add(task);
        return task;
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        List<Runnable> never = List.copyOf(tasks);
        tasks.clear();
        return never;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && tasks.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }

    @Override
    public void execute(Runnable command) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initial, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }
}
