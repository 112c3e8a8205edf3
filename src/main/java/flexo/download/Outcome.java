package flexo.download;

import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import java.io.IOException;
import java.time.Duration;

/** How a transfer ended. */
sealed interface Outcome {
    /**
     * All that was asked for has arrived, up to what another transfer fetches.
     *
     * @param bytes how many bytes of body came
     * @param newBytes how many of them no other transfer had brought before
     * @param elapsed from the first of them to the last
     * @param heldBack whether we took them slowly, so that they tell nothing of the mirror's speed
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

    /** The mirror says that the state that is known is its latest. */
    record Unchanged() implements Outcome {}

    /** The mirror failed. */
    record Failed(MirrorFailure failure, String detail) implements Outcome {}

    /** The same mirror should be asked again: nothing was wrong with it. */
    record Again(boolean fromStart, String why) implements Outcome {}

    /** The bytes could not be stored. */
    record StorageFailed(IOException cause) implements Outcome {}

    /** The rest goes on later, since others are to have their turn. */
    record Yielded() implements Outcome {}
}
