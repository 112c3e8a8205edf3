package flexo.mirror;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The criteria for testing a mirror, evaluated on the status document alone; the settings below {@code mirrors_auto}.
 *
 * @param httpsRequired whether plain http is refused
 * @param ipv4 whether the mirror must be reachable by IPv4
 * @param ipv6 whether the mirror must be reachable by IPv6
 * @param maxScore the worst score accepted; lower scores are better
 * @param allowedCountries two-letter codes of the countries accepted; empty accepts all
 * @param blacklist mirrors never used
 * @param numMirrors the number of mirrors in a follow-up test, and of the last results it considers; at least 1
 * @param order the order of candidates, which decides on those of the follow-up test
 * @param timeout the timeout of one test request
 */
public record MirrorCriteria(
        boolean httpsRequired,
        boolean ipv4,
        boolean ipv6,
        double maxScore,
        Set<String> allowedCountries,
        Set<Mirror> blacklist,
        int numMirrors,
        Order order,
        Duration timeout) {

    /** The number of searches with ever weaker criteria. */
    public static final int MAX_ATTEMPTS = 5;

    private static final double RELAXED_SCORE = 3.0;
    private static final Duration RELAXED_TIMEOUT = Duration.ofMillis(100);

    /** The order of candidates. */
    public enum Order {
        /** The best score first. */
        SORT,
        /** Random, so that not all users of the world take the same mirror. */
        RANDOM
    }

    /** Copies the sets; country codes are case-insensitive. */
    public MirrorCriteria {
        if (numMirrors < 1) {
            throw new IllegalArgumentException("num_mirrors must be at least 1, but is " + numMirrors);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive, but is " + timeout);
        }
        allowedCountries = allowedCountries.stream()
                .map(code -> code.strip().toUpperCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
        blacklist = Set.copyOf(blacklist);
    }

    /**
     * All mirrors that meet the criteria, without duplicates, in order.
     *
     * @param random the source of {@link Order#RANDOM}
     */
    public List<MirrorCandidate> select(List<MirrorStatus> statuses, Random random) {
        // By mirror, not by text: two spellings of a URL are duplicates, and the better score stays.
        Map<Mirror, MirrorStatus> fitting = new LinkedHashMap<>();
        statuses.stream()
                .filter(this::fits)
                .sorted(Comparator.comparing(MirrorStatus::score))
                .forEach(status -> mirror(status)
                        .filter(mirror -> !blacklist.contains(mirror))
                        .filter(mirror -> !httpsRequired || mirror.https())
                        .ifPresent(mirror -> fitting.putIfAbsent(mirror, status)));
        List<MirrorCandidate> candidates = new ArrayList<>();
        fitting.forEach((mirror, status) -> candidates.add(new MirrorCandidate(mirror, status.countryCode())));
        if (order == Order.RANDOM) {
            Collections.shuffle(candidates, random);
        }
        return List.copyOf(candidates);
    }

    /**
     * The few mirrors for the cheaper test after a restart: the first {@link #numMirrors} that meet the criteria and
     * are in the countries of the best mirrors of the last test.
     */
    public List<MirrorCandidate> selectFollowUp(List<MirrorStatus> statuses, MirrorTestResults last, Random random) {
        Set<String> countries = last.countriesOfBest(numMirrors);
        return select(statuses, random).stream()
                .filter(candidate -> countries.contains(candidate.countryCode()))
                .limit(numMirrors)
                .toList();
    }

    /** Slightly weaker criteria for a search without results: a worse score and a longer timeout. */
    public MirrorCriteria relaxed() {
        return new MirrorCriteria(
                httpsRequired,
                ipv4,
                ipv6,
                maxScore + RELAXED_SCORE,
                allowedCountries,
                blacklist,
                numMirrors,
                order,
                timeout.plus(RELAXED_TIMEOUT));
    }

    /** These criteria and the weaker ones to try afterwards, {@value #MAX_ATTEMPTS} in total. */
    public List<MirrorCriteria> attempts() {
        return Stream.iterate(this, MirrorCriteria::relaxed).limit(MAX_ATTEMPTS).toList();
    }

    private boolean fits(MirrorStatus status) {
        return status.complete()
                && !Boolean.FALSE.equals(status.active())
                && (!ipv4 || status.ipv4())
                && (!ipv6 || status.ipv6())
                && status.score() <= maxScore
                && (allowedCountries.isEmpty() || allowedCountries.contains(status.countryCode()));
    }

    /** Empty for rsync and the like, and for invalid URLs. */
    private static Optional<Mirror> mirror(MirrorStatus status) {
        if (!status.protocol().equals("https") && !status.protocol().equals("http")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Mirror.of(status.url()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
