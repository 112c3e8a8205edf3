package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares the age of a mirror's database with the newest of all mirrors.
 *
 * @param newest the newest credible time of a database; null if no mirror reported one
 */
record Freshness(Instant newest) {

    /**
     * The lag beyond which a mirror is ranked behind the others. Databases are rebuilt many times a day, so a mirror
     * that misses a single update may already look half a day old.
     */
    static final Duration TOLERATED = Duration.ofHours(24);

    /**
     * Computes the newest credible time from the mirrors' reports; null entries are mirrors without one.
     *
     * <p>A time in the future is not credible, nor is a time of a single mirror if others agree on one: mirrors copy
     * the file with its time, so correct ones agree to the second, and one with a wrong clock must not make all others
     * look old.
     */
    static Freshness among(Collection<Instant> told, Instant now) {
        Map<Instant, Long> votes = told.stream()
                .filter(Objects::nonNull)
                .filter(time -> !time.isAfter(now))
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        Optional<Instant> agreed = votes.entrySet().stream()
                .filter(vote -> vote.getValue() > 1)
                .map(Map.Entry::getKey)
                .max(Comparator.naturalOrder());
        return new Freshness(agreed.or(() -> votes.keySet().stream().max(Comparator.naturalOrder()))
                .orElse(null));
    }

    /** Whether a mirror with a database of this time lags behind; one without a time does not count as lagging. */
    boolean isBehind(Instant databaseModified) {
        return newest != null
                && databaseModified != null
                && databaseModified.plus(TOLERATED).isBefore(newest);
    }
}
