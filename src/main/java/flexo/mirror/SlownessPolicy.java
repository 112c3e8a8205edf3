package flexo.mirror;

import java.time.Duration;
import java.util.List;

/**
 * When a transfer is so slow that another mirror is to show whether it gives more; pure. It is careful, because on a slow
 * line all mirrors are slow, and trying them would only take from what the line gives.
 *
 * @param fraction of what the peers give, below which a transfer is far slower; between 0 and 1
 * @param maxSwitches how many mirrors a download may compare with each other
 * @param patience how long a transfer is watched before it is judged
 */
public record SlownessPolicy(double fraction, int maxSwitches, Duration patience) {

    /** What fits an ordinary line. */
    public static final SlownessPolicy USUAL = new SlownessPolicy(0.125, 3, Duration.ofSeconds(3));

    /** A transfer that is done sooner than this is not worth leaving. */
    private static final double NEARLY_DONE_SECONDS = 5;

    /** Two speeds are alike if neither is so many times the other. */
    private static final double ALIKE = 2;

    /** Less than any server means to give: worth a request to see whether another gives more. */
    private static final double CRAWL_BYTES_PER_SECOND = 256_000;

    /** If so many other mirrors are no better, the line is slow. */
    private static final int ALIKE_ON_A_SLOW_LINE = 2;

    /**
     * What is seen of a running transfer.
     *
     * @param bytesPerSecond its speed lately
     * @param bestBefore its best speed before that; 0 if there was none
     * @param watched over how long that was seen
     * @param remainingBytes what is still to come; -1 if unknown
     * @param abandoned the speeds of the mirrors that this download has compared and left
     */
    public record Observation(
            double bytesPerSecond, double bestBefore, Duration watched, long remainingBytes, List<Double> abandoned) {

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
     * Tells whether another mirror is to be tried.
     *
     * @param peers what others have been giving lately, in bytes per second: other mirrors, and other running transfers; 0
     *     for each mirror of which nothing is known
     * @param running how many transfers share the line now, this one included
     */
    public boolean tooSlow(Observation transfer, List<Double> peers, int running) {
        if (transfer.abandoned().size() >= maxSwitches
                || transfer.watched().compareTo(patience) < 0
                || nearlyDone(transfer)
                || lineIsSlow(transfer)) {
            return false;
        }
        List<Double> known = peers.stream().filter(speed -> speed > 0).sorted().toList();
        double share = transfer.bytesPerSecond() * Math.max(1, running);
        return isFarBelow(share, transfer, known)
                || (transfer.bytesPerSecond() < CRAWL_BYTES_PER_SECOND
                        && (isOutdone(share, transfer, known)
                                || (known.size() < ALIKE_ON_A_SLOW_LINE && known.size() < peers.size())));
    }

    private static boolean nearlyDone(Observation transfer) {
        return transfer.remainingBytes() >= 0
                && transfer.remainingBytes() <= transfer.bytesPerSecond() * NEARLY_DONE_SECONDS;
    }

    /** Mirrors that are about equally slow tell that the line is slow, whatever it gave before. */
    private static boolean lineIsSlow(Observation transfer) {
        double speed = transfer.bytesPerSecond();
        return transfer.abandoned().stream()
                        .filter(other -> speed < ALIKE * other && other < ALIKE * speed)
                        .count()
                >= ALIKE_ON_A_SLOW_LINE;
    }

    private boolean isFarBelow(double share, Observation transfer, List<Double> known) {
        double middle = known.isEmpty() ? transfer.bestBefore() : known.get((known.size() - 1) / 2);
        return share < fraction * Math.max(middle, transfer.bestBefore());
    }

    private static boolean isOutdone(double share, Observation transfer, List<Double> known) {
        double best = known.isEmpty() ? 0 : known.get(known.size() - 1);
        return ALIKE * share < Math.max(best, transfer.bestBefore());
    }
}
