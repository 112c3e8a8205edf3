package flexo.upstream;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A {@link SpeedLimit} as one line in which everybody waits.
 *
 * <p>It spends time rather than counts bytes: the next portion is due when the time that the last one is worth has
 * passed. Thread-safe by its own monitor; grants are given outside it, one after another.
 */
final class SharedSpeedLimit implements SpeedLimit {
    /** Small enough to be fair, large enough to cost nothing. */
    private static final int PORTION_BYTES = 32 * 1024;
    /** What is read at once where speed is limited: less would be paid for later. */
    private static final int SMALLEST_PORTION_BYTES = ConnectionSettings.SMALL_PIECE_BYTES;

    private final int portionBytes;
    private final long portionNanos;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private long nextDueNanos;
    private boolean scheduled;

    SharedSpeedLimit(long bytesPerSecond, ScheduledExecutorService timer, LongSupplier nanoTime) {
        // One a second at least, or a mirror would seem to stand still.
        this.portionBytes = (int) Math.max(SMALLEST_PORTION_BYTES, Math.min(PORTION_BYTES, bytesPerSecond));
        this.portionNanos = Math.max(1, TimeUnit.SECONDS.toNanos(1) * portionBytes / bytesPerSecond);
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.nextDueNanos = nanoTime.getAsLong();
    }

    @Override
    public int portionBytes() {
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
        long untilDue = nextDueNanos - now;
        if (untilDue > 0) {
            if (!scheduled) {
                scheduled = true;
                ScheduledFuture<?> unused = timer.schedule(this::timeHasCome, untilDue, TimeUnit.NANOSECONDS);
            }
            return null;
        }
        // Time in which nobody asked is not saved up.
        nextDueNanos = Math.max(nextDueNanos, now - portionNanos) + portionNanos;
        return waiting.remove();
    }

    private void timeHasCome() {
        synchronized (this) {
            scheduled = false;
        }
        giveWhatIsDue();
    }
}
