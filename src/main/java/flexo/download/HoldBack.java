package flexo.download;

import java.time.Duration;

/**
 * The bytes of an unverified file that are held back from clients, so that a wrong one never looks complete.
 *
 * @param lastByte whether the last byte is held back until the file is verified
 * @param embargo the time after the first byte for which all bytes are held back; within it, a wrong file costs clients
 *     only time, since another mirror's can replace it
 */
public record HoldBack(boolean lastByte, Duration embargo) {
    private static final Duration LONGER_THAN_ANYBODY_WAITS = Duration.ofMinutes(10);
    private static final Duration WITHOUT_LENGTH_AFTER = Duration.ofSeconds(3);
    /** For files that cannot be verified. */
    public static final HoldBack NOTHING = new HoldBack(false, Duration.ZERO);
    /** For files too long for an embargo. */
    public static final HoldBack LAST_BYTE = new HoldBack(true, Duration.ZERO);
    /** For small files; far below pacman's patience of ten seconds. */
    public static final HoldBack A_MOMENT = new HoldBack(true, Duration.ofMillis(1500));

    /** The same for a file whose length is known only at its end: clients should rather get it with a length. */
    HoldBack untilLengthIsKnown(boolean neverWithout) {
        return new HoldBack(true, neverWithout ? LONGER_THAN_ANYBODY_WAITS : WITHOUT_LENGTH_AFTER);
    }
}
