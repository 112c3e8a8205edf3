package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The knowledge about one mirror from its use. Guarded by the lock of {@link MirrorHealth}. */
final class UseHistory {

    /** Shorter transfers measure latency rather than speed, unless they take long. */
    private static final long TELLING_BYTES = 256 << 10;

    private static final Duration TELLING_TIME = Duration.ofSeconds(2);

    /** A transfer of this size, or this duration, has half the weight; larger ones have no more than that. */
    private static final double HALF_WEIGHT_BYTES = 4 << 20;

    private static final double HALF_WEIGHT_SECONDS = 10;

    private static final double LATENCY_WEIGHT = 0.3;

    private final CircuitBreaker breaker = new CircuitBreaker();
    private final MovingAverage bytesPerSecond = new MovingAverage();
    private final MovingAverage latencyNanos = new MovingAverage();
    private final Map<MirrorFailure, Long> failures = new EnumMap<>(MirrorFailure.class);
    /** The failures that may still be pardoned. */
    private final Map<MirrorFailure, Long> pardonable = new EnumMap<>(MirrorFailure.class);

    /** The status with which it asked for a rest, and the end of that; null if it never did. */
    private Integer restStatus;

    private Instant restsUntil = Instant.MIN;

    private int inUse;
    private long usages;

    boolean leased(boolean occupied, Instant now) {
        inUse += occupied ? 1 : 0;
        usages++;
        return breaker.asked(now);
    }

    void returned(boolean occupied, boolean trial) {
        inUse -= occupied ? 1 : 0;
        if (trial) {
            breaker.trialEnded();
        }
    }

    void firstByte(Duration latency, Instant now) {
        latencyNanos.add((double) latency.toNanos(), LATENCY_WEIGHT, now);
    }

    void delivered(long bytes, Duration elapsed, Instant now) {
        breaker.worked();
        pardonable.clear();
        double seconds = elapsed.toNanos() / 1e9;
        if (seconds > 0 && (bytes >= TELLING_BYTES || elapsed.compareTo(TELLING_TIME) >= 0)) {
            double weight = Math.max(bytes / (bytes + HALF_WEIGHT_BYTES), seconds / (seconds + HALF_WEIGHT_SECONDS));
            bytesPerSecond.add(bytes / seconds, Math.min(0.5, weight), now);
        }
    }

    /** Restores a speed from before the last start, unless there is newer knowledge. */
    void remembered(long rate, Instant now) {
        if (bytesPerSecond.value(now) == 0) {
            bytesPerSecond.add((double) rate, 1, now);
        }
    }

    void answered() {
        breaker.worked();
        pardonable.clear();
    }

    void rests(Rest rest, Instant now) {
        restStatus = rest.status();
        restsUntil = now.plus(rest.left());
    }

    Optional<Rest> rest(Instant now) {
        return now.isBefore(restsUntil)
                ? Optional.of(new Rest(restStatus, Duration.between(now, restsUntil)))
                : Optional.empty();
    }

    Optional<Instant> leftAloneUntil() {
        return breaker.restsUntil();
    }

    void failed(MirrorFailure failure, Instant now) {
        breaker.failed(now);
        failures.merge(failure, 1L, Long::sum);
        pardonable.merge(failure, 1L, Long::sum);
    }

    /** Confirms the failures that could have been pardoned. */
    void blamed() {
        pardonable.clear();
    }

    void pardoned() {
        breaker.worked();
        pardonable.forEach((failure, count) ->
                failures.computeIfPresent(failure, (any, all) -> all <= count ? null : Long.valueOf(all - count)));
        pardonable.clear();
    }

    void resetCounts() {
        usages = 0;
        failures.clear();
        pardonable.clear();
    }

    /** Whether it has any use to report. */
    boolean wasUsed() {
        return inUse > 0 || usages > 0 || !failures.isEmpty();
    }

    MirrorUse snapshot(Instant now) {
        double nanos = latencyNanos.value(now);
        return new MirrorUse(
                breaker.standing(now),
                inUse,
                nanos == 0 ? null : Duration.ofNanos(Math.round(nanos)),
                Math.round(bytesPerSecond.value(now)),
                usages,
                failures);
    }
}
