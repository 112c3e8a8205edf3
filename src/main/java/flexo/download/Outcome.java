package flexo.download;

import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import java.io.IOException;
import java.time.Duration;

/** The outcome of a transfer. */
sealed interface Outcome {
    /**
     * All requested bytes have arrived, up to those that another transfer fetches.
     *
     * @param bytes the bytes of the body
     * @param newBytes those that no other transfer had brought before
     * @param elapsed from the first to the last of them
     * @param heldBack whether we throttled it, so that it says nothing about the mirror's speed
     */
    record Delivered(long bytes, long newBytes, Duration elapsed, boolean heldBack) implements Outcome {
        void reportTo(MirrorLease lease) {
            if (heldBack) {
                lease.delivered(0, Duration.ZERO);
            } else {
                lease.delivered(bytes, elapsed);
            }
        }
    }

    /** The known state is the mirror's latest. */
    record Unchanged() implements Outcome {}

    /** The mirror failed. */
    record Failed(MirrorFailure failure, String detail) implements Outcome {}

    /** Retry at the same mirror, which did nothing wrong. */
    record Again(boolean fromStart, String why) implements Outcome {}

    /** The bytes could not be stored. */
    record StorageFailed(IOException cause) implements Outcome {}

    /** Yields to others; the rest follows later. */
    record Yielded() implements Outcome {}
}
