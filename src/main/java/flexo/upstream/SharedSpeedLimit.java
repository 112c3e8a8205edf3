package flexo.upstream;

import java.util.ArrayDeque;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A {@link SpeedLimit} as one line in which everybody waits, and that can be changed.
 *
 * <p>It spends time rather than counts bytes: the next portion is due when the time that the last one is worth has
 * passed. Thread-safe by its own monitor; grants are given outside it, one after another.
 */
public final class SharedSpeedLimit implements SpeedLimit {
    /** Small enough to be fair, large enough to cost nothing. */
    private static final int PORTION_BYTES = 32 * 1024;
    /** What is read at once where speed is limited: less would be paid for later. */
    private static final int SMALLEST_PORTION_BYTES = ConnectionSettings.Traffic.LIMITED_FILES.pieceBytes();

    /** Large enough to cost nothing, small enough that a limit that is set meanwhile is felt soon. */
    private static final int UNLIMITED_PORTION_BYTES = 1 << 20;

    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int portionBytes;
    /** What a portion takes; 0 if there is no limit. */
    private long portionNanos;

    private long nextDueNanos;
    /** Null if nobody waits for the time. */
    private ScheduledFuture<?> scheduled;

    /**
     * A limit.
     *
     * @param bytesPerSecond for all together, positive; empty for none
     * @param timer gives grants that are not yet due
     * @param nanoTime the passing of time
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
        // One a second at least, or a mirror would seem to stand still.
        portionBytes = (int) Math.max(SMALLEST_PORTION_BYTES, Math.min(PORTION_BYTES, speed));
        portionNanos = Math.max(1, TimeUnit.SECONDS.toNanos(1) * portionBytes / speed);
    }

    /**
     * Changes the limit for all who wait and all who will.
     *
     * @param bytesPerSecond for all together, positive; empty for none
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

    /** The next grant that is due; null if none is, and then the timer comes back for those that wait. */
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
        // Time in which nobody asked, or there was no limit, is not saved up.
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
