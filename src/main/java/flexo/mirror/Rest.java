package flexo.mirror;

import java.time.Duration;

/**
 * A rest that a mirror has asked for.
 *
 * @param status the status of its response: 429 or 503
 * @param left the remaining time
 */
public record Rest(int status, Duration left) {}
