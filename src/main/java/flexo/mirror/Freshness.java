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
 * How new a mirror's database is compared with the newest of all mirrors.
 *
 * @param newest when the newest database was made that is believed; null if no mirror told
 */
record Freshness(Instant newest) {

    /**
     * How much older a database may be before its mirror goes behind the others. Databases are rebuilt many times a day,
     * so that a mirror that misses a single update may already look half a day old.
     */
    static final Duration TOLERATED = Duration.ofHours(24);

    /**
     * Judges by what the mirrors told; nulls are those who did not tell.
     *
     * <p>A time in the future is not believed, and a time that only one mirror tells is not believed as long as others
     * agree on one: mirrors copy the file with its time, so honest ones agree to the second, and one with a wrong clock
     * must not make all others look old.
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

    /** Tells whether a mirror whose database was made then is left behind; one that does not tell is not blamed. */
    boolean isBehind(Instant databaseModified) {
        return newest != null
                && databaseModified != null
                && databaseModified.plus(TOLERATED).isBefore(newest);
    }
}
