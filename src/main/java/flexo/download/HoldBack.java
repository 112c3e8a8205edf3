package flexo.download;

import java.time.Duration;

/**
 * What is kept from the clients of a file that is still to be proven, so that a wrong one never looks whole to them.
 *
 * @param lastByte whether at least the last byte is kept until the file is proven
 * @param embargo for how long after the first byte all bytes are kept; within it, a wrong file costs the clients nothing
 *     but time, since another mirror's can take its place
 */
public record HoldBack(boolean lastByte, Duration embargo) {
    private static final Duration LONGER_THAN_ANYBODY_WAITS = Duration.ofMinutes(10);
    private static final Duration WITHOUT_LENGTH_AFTER = Duration.ofSeconds(3);
    /** For files of which nothing is known but what the mirror says. */
    public static final HoldBack NOTHING = new HoldBack(false, Duration.ZERO);
    /** For files too long to be kept. */
    public static final HoldBack LAST_BYTE = new HoldBack(true, Duration.ZERO);
    /** For files that take a moment; far below the ten seconds of pacman's patience. */
    public static final HoldBack A_MOMENT = new HoldBack(true, Duration.ofMillis(1500));

    /** The same for a file whose length is known at its end alone: clients rather have it with its length. */
    HoldBack untilLengthIsKnown(boolean neverWithout) {
        return new HoldBack(true, neverWithout ? LONGER_THAN_ANYBODY_WAITS : WITHOUT_LENGTH_AFTER);
    }
}
