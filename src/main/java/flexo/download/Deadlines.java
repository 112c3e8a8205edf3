package flexo.download;

import java.time.Duration;

/**
 * The deadlines of the phases of asking mirrors. Together they fit into pacman's patience: it gives up a server that
 * has sent no byte of the body for ten seconds.
 *
 * @param firstByte from a request to the first byte of its body, while another mirror is left; positive
 * @param patience from the moment bytes are missing to the next one, over all mirrors together
 */
public record Deadlines(Duration firstByte, Duration patience) {
    /** When pacman gives up (libcurl's low-speed limit as pacman sets it: 1 byte/s over 10 s). */
    static final Duration PACMAN_GIVES_UP = Duration.ofSeconds(10);
    /** The time a response needs to reach the client, with a reserve. */
    static final Duration MARGIN = Duration.ofMillis(1500);
    /** From a request to another node, which at most reads its disk, until others are asked as well. */
    static final Duration SIBLING = Duration.ofMillis(800);
    /** The number of dead mirrors with which a client still gets its first byte. */
    static final int DEAD_MIRRORS = 2;
    /** The least time for the mirror after the dead ones. */
    static final Duration LAST_MIRROR = Duration.ofSeconds(1);

    /**
     * Checks the sum of the phases.
     *
     * @throws IllegalArgumentException if it is too large, with the sum
     */
    public Deadlines {
        if (firstByte.isZero() || firstByte.isNegative()) {
            throw new IllegalArgumentException("no mirror can answer within " + firstByte);
        }
        if (firstByte.multipliedBy(DEAD_MIRRORS).plus(LAST_MIRROR).compareTo(patience) > 0) {
            throw new IllegalArgumentException(DEAD_MIRRORS + " dead mirrors of " + firstByte + " each and "
                    + LAST_MIRROR + " for the next do not fit into " + patience);
        }
        if (patience.plus(MARGIN).compareTo(PACMAN_GIVES_UP) > 0) {
            throw new IllegalArgumentException(
                    patience + " and a margin of " + MARGIN + " do not fit into pacman's " + PACMAN_GIVES_UP);
        }
    }

    /** 2.5 s per mirror, 8.5 s in total. */
    public static Deadlines standard() {
        return new Deadlines(Duration.ofMillis(2500), Duration.ofMillis(8500));
    }
}
