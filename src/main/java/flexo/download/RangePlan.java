package flexo.download;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Which range of a file a free mirror fetches next, so that readers get what they wait for first and all mirrors end
 * together; pure.
 *
 * <p>Ranges lie close behind each other: each is as long as its mirror sends in a {@link #LAP}, or, near the end of the file,
 * in the time that all mirrors need together for what is missing.
 */
final class RangePlan {
    /** Longer ones would come late to who reads from the front; shorter ones cost more requests. */
    private static final Duration LAP = Duration.ofSeconds(2);
    /** A range whose mirror will need longer than this is late. */
    private static final Duration LATE = LAP.multipliedBy(2);
    /** A mirror takes a part of another one's range only if that saves so much. */
    private static final Duration WORTHWHILE = Duration.ofMillis(300);
    /** What a request is worth. */
    private static final long LEAST_BYTES = 256 << 10;
    /** What is asked first of a mirror whose speed is not known. */
    static final long SAMPLE_BYTES = 1 << 20;
    /** A mirror that gives so small a part of what all give is left. */
    private static final double SMALL_PART = 1 / 32.0;

    private static final double NANOS_PER_SECOND = 1e9;

    private final List<Gap> gaps;
    private final double speed;
    /** Of all mirrors together. */
    private final double all;
    /** How long all mirrors need for what is missing, or a lap. */
    private final double seconds;

    /**
     * Missing bytes that belong together.
     *
     * @param from the first
     * @param to the first that is there again, or that another fetches
     * @param bytesPerSecond how fast somebody fetches them from the front; empty if nobody does
     */
    record Gap(long from, long to, OptionalDouble bytesPerSecond) {
        /** Checks that something is missing. */
        Gap {
            if (from >= to) {
                throw new IllegalArgumentException("nothing is missing from " + from + " to " + to);
            }
        }

        long bytes() {
            return to - from;
        }

        boolean isFetched() {
            return bytesPerSecond.isPresent();
        }

        double speed() {
            return bytesPerSecond.orElse(0);
        }

        /** How long it takes whoever fetches it. */
        double seconds() {
            return bytes() / speed();
        }
    }

    /**
     * What a mirror fetches next.
     *
     * @param from the first byte
     * @param to the first that it does not fetch
     * @param instead whether it does so in the place of another, who stops
     */
    record Range(long from, long to, boolean instead) {}

    private RangePlan(List<Gap> gaps, double speed) {
        this.gaps = gaps;
        this.speed = speed;
        long missing = gaps.stream().mapToLong(Gap::bytes).sum();
        this.all = speed + gaps.stream().mapToDouble(Gap::speed).sum();
        this.seconds = Math.min(seconds(LAP), missing / all);
    }

    /**
     * Chooses.
     *
     * @param gaps all that is missing, in order
     * @param bytesPerSecond the free mirror's speed; empty if it is not known
     * @param wanted the first byte that a reader far ahead waits for
     * @return empty if there is nothing worth a request
     */
    static Optional<Range> next(List<Gap> gaps, OptionalDouble bytesPerSecond, OptionalLong wanted) {
        if (gaps.isEmpty()) {
            return Optional.empty();
        }
        if (bytesPerSecond.isEmpty()) {
            Gap longest = gaps.stream().max(Comparator.comparing(Gap::bytes)).orElseThrow();
            // At its end it is in nobody's way, should the mirror be of no use.
            return longest.bytes() >= 2 * SAMPLE_BYTES
                    ? Optional.of(new Range(longest.to() - SAMPLE_BYTES, longest.to(), false))
                    : next(gaps, usual(gaps), wanted);
        }
        RangePlan plan = new RangePlan(gaps, Math.max(1, bytesPerSecond.getAsDouble()));
        return plan.speed < plan.all * SMALL_PART ? Optional.empty() : plan.choose(wanted);
    }

    private Optional<Range> choose(OptionalLong wanted) {
        return forReader(wanted)
                .or(() -> first(Gap::isFetched, LATE).map(this::share))
                .or(() -> first(gap -> !gap.isFetched(), Duration.ZERO).map(gap -> piece(gap, gap.from())))
                .or(() -> last().map(this::share));
    }

    /** The speed by which so many bytes were planned. */
    static double planned(long bytes) {
        return bytes / seconds(LAP);
    }

    /** What is expected of a mirror that nothing is known of. */
    static OptionalDouble usual(List<Gap> gaps) {
        return OptionalDouble.of(gaps.stream()
                .filter(Gap::isFetched)
                .mapToDouble(Gap::speed)
                .average()
                .orElse(1));
    }

    private Optional<Range> forReader(OptionalLong wanted) {
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        long at = wanted.getAsLong();
        return gaps.stream()
                .filter(gap -> gap.from() <= at && at < gap.to())
                .filter(gap -> !gap.isFetched() || (at - gap.from()) / gap.speed() > seconds(LATE))
                .findFirst()
                .map(gap -> gap.isFetched() && at - gap.from() < Download.FAR_BYTES ? share(gap) : piece(gap, at));
    }

    private Optional<Gap> first(Predicate<Gap> kind, Duration takesLongerThan) {
        return gaps.stream()
                .filter(kind)
                .filter(gap -> gap.seconds() > seconds(takesLongerThan))
                .findFirst();
    }

    /** What will be there last, if it comes sooner by this. */
    private Optional<Gap> last() {
        return gaps.stream()
                .max(Comparator.comparing(Gap::seconds))
                .filter(gap -> gap.seconds() - gap.bytes() / (gap.speed() + speed) >= seconds(WORTHWHILE));
    }

    /** As much of what another fetches that both end together. */
    private Range share(Gap gap) {
        double together = Math.min(seconds, gap.bytes() / (gap.speed() + speed));
        long others = (long) (gap.speed() * together);
        return others < Download.FAR_BYTES
                ? new Range(gap.from(), piece(gap, gap.from()).to(), true)
                : piece(gap, gap.from() + others);
    }

    private Range piece(Gap gap, long from) {
        long to = from + Math.max(LEAST_BYTES, (long) (speed * seconds));
        return new Range(from, gap.to() - to < LEAST_BYTES ? gap.to() : to, false);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS_PER_SECOND;
    }
}
