package flexo.upstream;

import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A {@link SpeedLimit} with one queue for all bodies and an adjustable rate; a leaky bucket.
 *
 * <p>It spends time rather than counting bytes: the next portion is due after the time that the last one is worth.
 * Thread-safe by its monitor; grants run outside of it, one after another.
 */
public final class SharedSpeedLimit implements SpeedLimit {
    /** Small enough to be fair, large enough to be cheap. */
    private static final int PORTION_BYTES = 32 * 1024;
    /** The size of one read at a limited speed: a smaller portion would be overdrawn. */
    private static final int SMALLEST_PORTION_BYTES = ConnectionSettings.Traffic.LIMITED_FILES.pieceBytes();

    /** Large enough to be cheap, small enough that a new limit takes effect soon. */
    private static final int UNLIMITED_PORTION_BYTES = 1 << 20;

    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int portionBytes;
    /** The duration of a portion; 0 without a limit. */
    private long portionNanos;

    private long nextDueNanos;
    /** Null if no grant is scheduled. */
    private ScheduledFuture<?> scheduled;

    /**
     * A limit.
     *
     * @param bytesPerSecond the total rate, positive; empty for none
     * @param timer runs grants that are due later
     * @param nanoTime as {@link System#nanoTime}
     */
    public SharedSpeedLimit(OptionalLong bytesPerSecond, ScheduledExecutorService timer, LongSupplier nanoTime) {
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.nextDueNanos = nanoTime.getAsLong();
        limit(bytesPerSecond);
    }

    private synchronized void limit(OptionalLong bytesPerSecond) {
        if (bytesPerSecond.isEmpty()) {
            portionBytes = UNLIMITED_PORTION_BYTES;
            portionNanos = 0;
            return;
        }
        long speed = bytesPerSecond.getAsLong();
        // At least one per second; otherwise a mirror would seem to stall.
        portionBytes = (int) Math.max(SMALLEST_PORTION_BYTES, Math.min(PORTION_BYTES, speed));
        portionNanos = Math.max(1, TimeUnit.SECONDS.toNanos(1) * portionBytes / speed);
    }

    /**
     * Changes the limit for waiting and future requests.
     *
     * @param bytesPerSecond the total rate, positive; empty for none
     */
    public void change(OptionalLong bytesPerSecond) {
        synchronized (this) {
            limit(bytesPerSecond);
            nextDueNanos = Math.min(nextDueNanos, nanoTime.getAsLong() + portionNanos);
            if (scheduled != null) {
                scheduled.cancel(false);
                scheduled = null;
            }
        }
        giveWhatIsDue();
    }

    @Override
    public synchronized int portionBytes() {
        return portionBytes;
    }

    @Override
    public void ask(Runnable grant) {
        synchronized (this) {
            waiting.add(grant);
        }
        giveWhatIsDue();
    }

    private void giveWhatIsDue() {
        for (Runnable due = nextDue(); due != null; due = nextDue()) {
            due.run();
        }
    }

    /** The next due grant; null if there is none, and then the timer runs waiting ones later. */
    private synchronized Runnable nextDue() {
        if (waiting.isEmpty()) {
            return null;
        }
        long now = nanoTime.getAsLong();
        long untilDue = portionNanos == 0 ? 0 : nextDueNanos - now;
        if (untilDue > 0) {
            if (scheduled == null) {
                scheduled = timer.schedule(this::timeHasCome, untilDue, TimeUnit.NANOSECONDS);
            }
            return null;
        }
        // Unused time is not saved up.
        nextDueNanos = Math.max(nextDueNanos, now - portionNanos) + portionNanos;
        return waiting.remove();
    }

    private void timeHasCome() {
        synchronized (this) {
            scheduled = null;
        }
        giveWhatIsDue();
    }
}
