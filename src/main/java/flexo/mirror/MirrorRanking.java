package flexo.mirror;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingDouble;
import static java.util.Comparator.comparingInt;

import java.util.Comparator;
import java.util.List;

/** The order in which mirrors are tried for a file. Pure. */
enum MirrorRanking {
    /** By measurement and use. */
    MEASURED {
        @Override
        Comparator<RankedMirror> forPackages(List<RankedMirror> mirrors, long sizeBytes) {
            Expectation expectation = Expectation.among(mirrors);
            return comparingDouble(mirror -> expectation.seconds(mirror, sizeBytes));
        }
    },
    /** As configured. */
    AS_GIVEN {
        @Override
        Comparator<RankedMirror> forPackages(List<RankedMirror> mirrors, long sizeBytes) {
            return comparingInt(RankedMirror::rank);
        }
    };

    private static final Comparator<RankedMirror> PROMISING_FIRST =
            comparing(RankedMirror::leftAlone).thenComparing(RankedMirror::lacksFile);

    /**
     * The order for immutable files: every copy is right, so the load is spread.
     *
     * @param sizeBytes the size of the file, known or typical
     * @param order whether the fewest running transfers or the ranking comes first
     */
    List<RankedMirror> forPackages(List<RankedMirror> mirrors, long sizeBytes, MirrorsOrder order) {
        return sorted(
                mirrors,
                PROMISING_FIRST
                        .thenComparing(mirror -> this == MEASURED && mirror.stale())
                        .thenComparingInt(mirror -> order == MirrorsOrder.SPREAD ? mirror.inUse() : 0)
                        .thenComparing(forPackages(mirrors, sizeBytes))
                        .thenComparingInt(RankedMirror::rank));
    }

    /** The order among equally busy mirrors. */
    abstract Comparator<RankedMirror> forPackages(List<RankedMirror> mirrors, long sizeBytes);

    /**
     * The order for mutable files. Mirrors differ, so the mirror of the last generation comes first, and no client sees
     * an older database after a newer one. There are no trials on them, since pacman waits.
     *
     * @param last the mirror that delivered the last generation; null if there is none
     */
    List<RankedMirror> forDatabases(List<RankedMirror> mirrors, Mirror last) {
        return sorted(
                mirrors,
                comparing(RankedMirror::leftAlone)
                        .thenComparing(RankedMirror::lacksFile)
                        .thenComparing(RankedMirror::standing)
                        .thenComparing(RankedMirror::stale)
                        .thenComparing(mirror -> !mirror.mirror().equals(last))
                        .thenComparingInt(RankedMirror::rank));
    }

    private static List<RankedMirror> sorted(List<RankedMirror> mirrors, Comparator<RankedMirror> order) {
        return mirrors.stream().sorted(order).toList();
    }

    /**
     * The expected time for a file. For unknown properties of a mirror, the median of the known ones is assumed, so
     * that a new mirror is neither preferred nor avoided.
     */
    private record Expectation(double usualLatency, double usualRate) {

        private static final double ASSUMED_LATENCY_SECONDS = 0.2;
        private static final double ASSUMED_BYTES_PER_SECOND = 2e6;

        static Expectation among(List<RankedMirror> mirrors) {
            return new Expectation(
                    middle(
                            mirrors.stream()
                                    .filter(mirror -> mirror.latency() != null)
                                    .map(MirrorRanking::latencySeconds)
                                    .toList(),
                            ASSUMED_LATENCY_SECONDS),
                    middle(
                            mirrors.stream()
                                    .filter(mirror -> mirror.bytesPerSecond() > 0)
                                    .map(mirror -> (double) mirror.bytesPerSecond())
                                    .toList(),
                            ASSUMED_BYTES_PER_SECOND));
        }

        double seconds(RankedMirror mirror, long sizeBytes) {
            double latency = mirror.latency() == null ? usualLatency : latencySeconds(mirror);
            double rate = mirror.bytesPerSecond() == 0 ? usualRate : mirror.bytesPerSecond();
            return latency + sizeBytes / rate;
        }

        private static double middle(List<Double> values, double ifNone) {
            return values.isEmpty() ? ifNone : values.stream().sorted().toList().get(values.size() / 2);
        }
    }

    private static double latencySeconds(RankedMirror mirror) {
        return mirror.latency().toNanos() / 1e9;
    }
}
