package flexo.retention;

import java.time.Instant;
import java.util.Optional;

/**
 * What became of one package file.
 *
 * @param file the file
 * @param reason why it goes; empty if it stays
 * @param lastUse what counts as its last use when the least recently used are to go; never in the future
 * @param heldUp whether it would go for its version if it were not in use
 */
record Verdict(PackageFile file, Optional<RemovalReason> reason, Instant lastUse, boolean heldUp) {}
