package flexo.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Who waits for room, and whether it is worth trying: a disk that is full of other things must not have the whole cache
 * looked through for each file that does not fit. The monitor guards all; nothing waits in it.
 */
final class RoomDemand {
    /** How many bytes were to be usable, by who waits for the next sweep. */
    private List<Long> wanted = new ArrayList<>();
    /** Completed when that was tried; null if nobody waits. */
    private CompletableFuture<Void> waiting;
    /** What could be removed at most when it last was not enough; empty if that is not known. */
    private OptionalLong spareBytes = OptionalLong.empty();

    private boolean stopped;

    /**
     * Those whom one sweep is for.
     *
     * @param bytes how many were to be usable, by each of them
     * @param tried to be completed after it
     */
    record Taken(List<Long> bytes, CompletableFuture<Void> tried) {}

    /**
     * Somebody needs room.
     *
     * @param bytes how many are to be usable
     * @param usableBytes how many are; empty if that cannot be told
     * @param begin called if a sweep has to be begun; not if one is about to begin, or would be in vain
     * @return completed when it was tried, or is not
     */
    CompletionStage<Void> add(long bytes, OptionalLong usableBytes, Runnable begin) {
        CompletableFuture<Void> mine;
        synchronized (this) {
            // If bytes become usable, that much more can be made.
            boolean inVain = spareBytes.isPresent()
                    && usableBytes.isPresent()
                    && Bounds.isHopeless(bytes, usableBytes.getAsLong(), spareBytes.getAsLong());
            if (stopped || inVain) {
                return CompletableFuture.completedFuture(null);
            }
            wanted.add(bytes);
            if (waiting != null) {
                return waiting.minimalCompletionStage();
            }
            mine = waiting = new CompletableFuture<>();
        }
        begin.run();
        return mine.minimalCompletionStage();
    }

    /** The sweep for all who wait begins; who comes from now on is for the next. */
    synchronized Taken take() {
        Taken taken = new Taken(wanted, waiting);
        wanted = new ArrayList<>();
        waiting = null;
        return taken;
    }

    /** It was not enough for all. */
    synchronized void inVain(long bytesThatCouldGo) {
        spareBytes = OptionalLong.of(bytesThatCouldGo);
    }

    /** Other things can be removed now, perhaps. */
    synchronized void tryAgain() {
        spareBytes = OptionalLong.empty();
    }

    /** Nobody waits any longer. */
    void stop() {
        CompletableFuture<Void> unanswered;
        synchronized (this) {
            stopped = true;
            unanswered = waiting;
        }
        if (unanswered != null) {
            unanswered.complete(null);
        }
    }
}
