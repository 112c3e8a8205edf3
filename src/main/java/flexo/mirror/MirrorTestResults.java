package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The results of a mirror test: the mirrors that passed, the best first.
 *
 * @param tested the end of the test
 * @param mirrors by rank, which people see starting at 1
 */
public record MirrorTestResults(Instant tested, List<MirrorTestResult> mirrors) {

    private static final Comparator<Duration> UNKNOWN_LAST = Comparator.nullsLast(Comparator.naturalOrder());

    public MirrorTestResults {
        Objects.requireNonNull(tested, "tested");
        mirrors = List.copyOf(mirrors);
    }

    /**
     * Ranks mirrors: by latency if their databases are about as new as the newest, followed by stale ones, the newest
     * first.
     */
    public static MirrorTestResults ranked(Instant tested, List<MirrorTestResult> mirrors) {
        Freshness freshness = freshness(tested, mirrors);
        Comparator<MirrorTestResult> byLatency = Comparator.comparing(MirrorTestResult::latency, UNKNOWN_LAST);
        return new MirrorTestResults(
                tested,
                mirrors.stream()
                        .sorted((one, other) -> {
                            boolean oneBehind = freshness.isBehind(one.databaseModified());
                            boolean otherBehind = freshness.isBehind(other.databaseModified());
                            if (oneBehind && otherBehind) {
                                return other.databaseModified().compareTo(one.databaseModified());
                            }
                            return oneBehind != otherBehind
                                    ? Boolean.compare(oneBehind, otherBehind)
                                    : byLatency.compare(one, other);
                        })
                        .toList());
    }

    /** The mirrors whose databases are much older than the newest. */
    public Set<Mirror> stale() {
        Freshness freshness = freshness(tested, mirrors);
        return mirrors.stream()
                .filter(result -> freshness.isBehind(result.databaseModified()))
                .map(MirrorTestResult::mirror)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether a full test is due. A time in the future, from a wrong clock, does not postpone it. */
    public boolean olderThan(Duration age, Instant now) {
        return tested.isAfter(now) || tested.plus(age).isBefore(now);
    }

    /** The countries of the first mirrors, up to this number of them. */
    public Set<String> countriesOfBest(int count) {
        return mirrors.stream()
                .limit(count)
                .map(MirrorTestResult::countryCode)
                .filter(code -> !code.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The same ranking with rewritten results, which adds knowledge from use to the stored results. */
    public MirrorTestResults with(UnaryOperator<MirrorTestResult> change) {
        return new MirrorTestResults(tested, mirrors.stream().map(change).toList());
    }

    /** The same ranking without some mirrors, such as newly blacklisted ones. */
    public MirrorTestResults without(Set<Mirror> unwanted) {
        return new MirrorTestResults(
                tested,
                mirrors.stream()
                        .filter(result -> !unwanted.contains(result.mirror()))
                        .toList());
    }

    /** The mirrors as a list, for pacman or a start without network. */
    public Mirrorlist mirrorlist() {
        return Mirrorlist.of(mirrors.stream().map(MirrorTestResult::mirror).toList());
    }

    private static Freshness freshness(Instant tested, List<MirrorTestResult> mirrors) {
        return Freshness.among(
                mirrors.stream().map(MirrorTestResult::databaseModified).toList(), tested);
    }
}
