package flexo.retention;

import java.time.Instant;
import java.util.List;

/**
 * What became of a group of files.
 *
 * @param doomed what goes, in order
 * @param spare the packages that stay, but may go where room is needed, in the order in which they may
 * @param bytesInUse what the packages take that stay because they are in use
 * @param heldUp whether there is one among them that would go otherwise
 */
record GroupVerdict(List<Doomed> doomed, List<Spare> spare, long bytesInUse, boolean heldUp) {
    /**
     * A package that may go where room is needed.
     *
     * @param lastUse what counts as its last use
     * @param doomed how it would go; the reason is to be replaced
     */
    record Spare(Instant lastUse, Doomed doomed) {
        Doomed because(RemovalReason reason) {
            return new Doomed(
                    new Removal(
                            doomed.removal().path(), reason, doomed.removal().bytes()),
                    doomed.names());
        }
    }
}
