package flexo.mirror;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingDouble;
import static java.util.Comparator.comparingInt;

import java.util.Comparator;
import java.util.List;

/** The order in which mirrors are asked for a file; pure. */
enum MirrorRanking {
    /** Mirrors were measured, and what was learned from their use counts. */
    MEASURED {
        @Override
        Comparator<RankedMirror> forPackages(List<RankedMirror> mirrors, long sizeBytes) {
            Expectation expectation = Expectation.among(mirrors);
            return comparingDouble(mirror -> expectation.seconds(mirror, sizeBytes));
        }
    },
    /** A person gave the order. */
    AS_GIVEN {
        @Override
        Comparator<RankedMirror> forPackages(List<RankedMirror> mirrors, long sizeBytes) {
            return comparingInt(RankedMirror::rank);
        }
    };

    private static final Comparator<RankedMirror> PROMISING_FIRST =
            comparing(RankedMirror::leftAlone).thenComparing(RankedMirror::lacksFile);

    /**
     * The order for files whose content never changes: any mirror that has them is right, so the work is spread.
     *
     * @param sizeBytes of the file, known or typical
     * @param order whether the fewest running transfers or the ranking counts first
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

    /** Which of the mirrors that are equally busy comes first. */
    abstract Comparator<RankedMirror> forPackages(List<RankedMirror> mirrors, long sizeBytes);

    /**
     * The order for files that change: mirrors differ, so the one that delivered the last generation is asked again, and
     * nobody sees an older database after a newer one. A mirror that failed is not tried out on them, as pacman waits.
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
     * How long a file may take. What is not known of a mirror is taken to be as it is with the middle one of those of
     * which it is known, so that a new mirror is neither praised nor shunned.
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
