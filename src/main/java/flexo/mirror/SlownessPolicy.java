package flexo.mirror;

import java.time.Duration;
import java.util.List;

/**
 * When a transfer is so much slower than what other mirrors have been giving that the download should go on at another
 * mirror; pure. It is careful, because leaving a mirror costs a new connection, and because on a slow line all mirrors
 * are slow and leaving them would only make the download wander through the whole list.
 *
 * @param fraction of what the peers give, below which a transfer is far slower; between 0 and 1
 * @param maxSwitches how many mirrors a download may leave for being slow
 * @param patience how long a transfer is watched before it is judged
 */
public record SlownessPolicy(double fraction, int maxSwitches, Duration patience) {

    /** What fits an ordinary line. */
    public static final SlownessPolicy USUAL = new SlownessPolicy(0.125, 3, Duration.ofSeconds(3));

    /** A transfer that is done sooner than this is not worth leaving. */
    private static final double NEARLY_DONE_SECONDS = 5;

    /** A switch has helped if the new mirror is so many times quicker than the best of those left. */
    private static final double HELPED = 2;

    /**
     * What is seen of a running transfer.
     *
     * @param bytesPerSecond its speed lately
     * @param watched over how long that was seen
     * @param remainingBytes what is still to come; -1 if unknown
     * @param abandoned the speeds of the mirrors that this download has left already for being slow
     */
    public record Observation(double bytesPerSecond, Duration watched, long remainingBytes, List<Double> abandoned) {

        /** Copies the list. */
        public Observation {
            abandoned = List.copyOf(abandoned);
        }
    }

    /** Refuses a fraction that is none. */
    public SlownessPolicy {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException("fraction must be between 0 and 1, but is " + fraction);
        }
    }

    /**
     * Tells whether the download should go on elsewhere.
     *
     * @param peers what others have been giving lately, in bytes per second: other mirrors, other running transfers, and
     *     this transfer itself before it slowed down; if empty, nothing is too slow
     * @param running how many transfers share the line now, this one included
     */
    public boolean tooSlow(Observation transfer, List<Double> peers, int running) {
        if (peers.isEmpty()
                || transfer.abandoned().size() >= maxSwitches
                || transfer.watched().compareTo(patience) < 0
                || nearlyDone(transfer)
                || switchingDoesNotHelp(transfer)) {
            return false;
        }
        double fairShare = middle(peers) / Math.max(1, running);
        return transfer.bytesPerSecond() < fraction * fairShare;
    }

    private static boolean nearlyDone(Observation transfer) {
        return transfer.remainingBytes() >= 0
                && transfer.remainingBytes() <= transfer.bytesPerSecond() * NEARLY_DONE_SECONDS;
    }

    /** Two mirrors that are about equally slow tell that the line is slow, whatever it gave before. */
    private static boolean switchingDoesNotHelp(Observation transfer) {
        return transfer.abandoned().stream().anyMatch(before -> transfer.bytesPerSecond() < HELPED * before);
    }

    private static double middle(List<Double> values) {
        return values.stream().sorted().toList().get((values.size() - 1) / 2);
    }
}
