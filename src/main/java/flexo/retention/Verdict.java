package flexo.retention;

import java.time.Instant;
import java.util.Optional;

/**
 * The policy's answer for one file.
 *
 * @param file the file
 * @param reason why it goes; empty if it stays
 * @param lastUse its place in the order of eviction; never in the future
 * @param heldUp whether it stays only because it is in use
 */
record Verdict(CachedFile file, Optional<RemovalReason> reason, Instant lastUse, boolean heldUp) {}
