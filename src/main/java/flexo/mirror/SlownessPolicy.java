package flexo.mirror;

import java.time.Duration;
import java.util.List;

/**
 * Decides when a transfer is slow enough to race it against another mirror. Pure. It is careful: on a slow line all
 * mirrors are slow, and further transfers would only take their share of it.
 *
 * @param fraction the fraction of the peers' speed below which a transfer is far slower; between 0 and 1
 * @param maxSwitches the number of mirrors that a download may compare
 * @param patience the time for which a transfer is observed before it is judged
 */
public record SlownessPolicy(double fraction, int maxSwitches, Duration patience) {

    /** The default for an ordinary line. */
    public static final SlownessPolicy USUAL = new SlownessPolicy(0.125, 3, Duration.ofSeconds(3));

    /** A transfer with less than this left is not worth leaving. */
    private static final double NEARLY_DONE_SECONDS = 5;

    /** Two speeds are alike if their ratio is below this. */
    private static final double ALIKE = 2;

    /** Less than any server intends to give, and worth a request to another mirror. */
    private static final double CRAWL_BYTES_PER_SECOND = 256_000;

    /** The number of equally slow mirrors that show that the line is slow. */
    private static final int ALIKE_ON_A_SLOW_LINE = 2;

    /**
     * The observations of a running transfer.
     *
     * @param bytesPerSecond its recent speed
     * @param bestBefore its best speed before that; 0 if there was none
     * @param watched the time of observation
     * @param remainingBytes the bytes still to come; -1 if unknown
     * @param abandoned the speeds of the mirrors that this download has compared and left
     */
    public record Observation(
            double bytesPerSecond, double bestBefore, Duration watched, long remainingBytes, List<Double> abandoned) {

        public Observation {
            abandoned = List.copyOf(abandoned);
        }
    }

    public SlownessPolicy {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException("fraction must be between 0 and 1, but is " + fraction);
        }
    }

    /**
     * Whether to try another mirror.
     *
     * @param peers recent speeds of other mirrors and other running transfers, in bytes per second; 0 for unknown ones
     * @param running the transfers that share the line now, including this one
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

    /** Several equally slow mirrors show that the line is slow, whatever it gave before. */
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
