package flexo.mirror;

import java.time.Duration;

/**
 * The time for which a mirror has asked not to be asked.
 *
 * @param status the status with which it did: 429 or 503
 * @param left how long that still is
 */
public record Rest(int status, Duration left) {}
