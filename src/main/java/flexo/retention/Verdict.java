package flexo.retention;

import java.time.Instant;
import java.util.Optional;

/**
 * The policy's decision on one file.
 *
 * @param file the file
 * @param reason the reason to remove it; empty if it stays
 * @param lastUse its position in the eviction order; never in the future
 * @param heldUp whether it stays only because it is in use
 */
record Verdict(CachedFile file, Optional<RemovalReason> reason, Instant lastUse, boolean heldUp) {}
