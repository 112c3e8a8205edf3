package flexo.database;

import flexo.database.Doubt.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The doubts that are dropped once all mirrors were asked and none has a better state.
 *
 * @param kinds the kinds of doubts
 * @param sha256 the one state for which they are dropped; empty for any
 */
record Belief(Set<Kind> kinds, Optional<String> sha256) {
    static final Belief NONE = new Belief(Set.of(), Optional.empty());

    /** The time after which an older state on every mirror counts as a deliberate rollback. */
    static final Duration ROLLED_BACK_AFTER = Duration.ofHours(1);
    /** One mirror may be wrong; two with the same bytes outweigh it. */
    private static final int MAJORITY_AT_LEAST = 2;

    private static final Set<Kind> UNLESS_BETTER =
            EnumSet.of(Kind.SIGNATURE_UNKNOWN, Kind.UNPROVEN, Kind.LESS_THAN_KNOWN, Kind.BEHIND_CLIENT, Kind.STALE);

    boolean covers(Doubt doubt) {
        return kinds.contains(doubt.kind())
                && sha256.map(doubt.sha256()::equals).orElse(true);
    }

    boolean isNone() {
        return kinds.isEmpty();
    }

    /**
     * The belief after a check that no mirror has passed.
     *
     * @param unsignedBefore whether the previous check failed for lack of a signature, too
     * @param olderFor the time for which every mirror has had only older states
     * @param confirmedBy the number of mirrors that have the known state
     */
    static Belief after(CheckResult.Failed failed, boolean unsignedBefore, Duration olderFor, int confirmedBy) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        failed.doubts().stream()
                .map(Doubt::kind)
                .filter(UNLESS_BETTER::contains)
                .forEach(kinds::add);
        if (kinds.contains(Kind.SIGNATURE_UNKNOWN)) {
            // Some state can be unpacked.
            kinds.remove(Kind.UNPROVEN);
        }
        if (unsignedBefore) {
            failed.doubts().stream()
                    .map(Doubt::kind)
                    .filter(kind -> kind == Kind.UNSIGNED)
                    .forEach(kinds::add);
        }
        if (olderFor.compareTo(ROLLED_BACK_AFTER) >= 0) {
            kinds.addAll(EnumSet.of(Kind.OLDER_BY_CONTENTS, Kind.OLDER_BY_TIME, Kind.LESS_THAN_KNOWN));
            return new Belief(kinds, Optional.empty());
        }
        Optional<String> outvoted = outvotes(failed.doubts(), confirmedBy);
        if (outvoted.isPresent()) {
            kinds.addAll(EnumSet.of(Kind.OLDER_BY_CONTENTS, Kind.OLDER_BY_TIME));
            return new Belief(kinds, outvoted);
        }
        return kinds.isEmpty() ? NONE : new Belief(kinds, Optional.empty());
    }

    /** The state of a majority of mirrors, if only one mirror's word contradicts it. */
    private static Optional<String> outvotes(List<Doubt> doubts, int confirmedBy) {
        Map<String, Integer> votes = new HashMap<>();
        doubts.stream()
                .filter(doubt -> doubt.kind() == Kind.OLDER_BY_TIME
                        || (doubt.kind() == Kind.OLDER_BY_CONTENTS && doubt.laterByTime()))
                .forEach(doubt -> votes.merge(doubt.sha256(), 1, Integer::sum));
        int all = sum(votes.values());
        return votes.entrySet().stream()
                .filter(vote -> vote.getValue() >= MAJORITY_AT_LEAST
                        && vote.getValue() > confirmedBy
                        && 2 * vote.getValue() > all)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static int sum(Collection<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }
}
