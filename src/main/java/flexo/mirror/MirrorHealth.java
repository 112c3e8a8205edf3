package flexo.mirror;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The knowledge about mirrors from their use: their speed, their failures, which are resting, and which files they did
 * not have a moment ago.
 *
 * <p>Thread-safe: {@code lock} guards all state. No foreign code except the clock is called with it, so it may be taken
 * inside any other lock.
 */
public final class MirrorHealth {

    /** The longest rest that a mirror can ask for; some ask for a day. */
    static final Duration LONGEST_REST = Duration.ofMinutes(15);

    private final Object lock = new Object();
    private final Clock clock;
    private final Map<Mirror, UseHistory> histories = new HashMap<>();
    private final MissingFiles missing = new MissingFiles();
    /** All mirrors to choose from, by chooser. */
    private final Map<Object, Set<Mirror>> watched = new HashMap<>();
    /** Mirrors that failed since the last success of any mirror. */
    private final Set<Mirror> failedInARow = new HashSet<>();

    public MirrorHealth(Clock clock) {
        this.clock = clock;
    }

    /** The uses and failures of each mirror that was used. */
    public MirrorMetrics metrics() {
        Instant now = clock.instant();
        Map<Mirror, MirrorMetrics.Counts> counts = new HashMap<>();
        synchronized (lock) {
            histories.forEach((mirror, history) -> {
                MirrorUse use = history.snapshot(now);
                if (use.usages() > 0) {
                    counts.put(mirror, new MirrorMetrics.Counts(use.usages(), use.failureCount()));
                }
            });
        }
        return new MirrorMetrics(counts);
    }

    /** Resets the counts; the knowledge about mirrors stays. */
    public void resetMetrics() {
        synchronized (lock) {
            histories.values().forEach(UseHistory::resetCounts);
        }
    }

    /**
     * Sets the mirrors of a chooser: only if all mirrors of some chooser fail is none to blame.
     *
     * @param chooser the chooser
     * @param mirrors replaces the former set
     */
    void watch(Object chooser, Set<Mirror> mirrors) {
        synchronized (lock) {
            watched.put(chooser, Set.copyOf(mirrors));
            failedInARow.removeIf(this::isUnwatched);
            // Most of the hundreds of mirrors in a test are never used.
            histories
                    .entrySet()
                    .removeIf(entry ->
                            isUnwatched(entry.getKey()) && !entry.getValue().wasUsed());
        }
    }

    private boolean isUnwatched(Mirror mirror) {
        return watched.values().stream().noneMatch(chosenFrom -> chosenFrom.contains(mirror));
    }

    /** Removes a chooser. */
    void forget(Object chooser) {
        synchronized (lock) {
            watched.remove(chooser);
        }
    }

    /** The number of mirrors with a history. */
    int size() {
        synchronized (lock) {
            return histories.size();
        }
    }

    MirrorUse use(Mirror mirror) {
        Instant now = clock.instant();
        synchronized (lock) {
            return history(mirror).snapshot(now);
        }
    }

    /** Restores a speed from before the last start. */
    void remember(Mirror mirror, long bytesPerSecond) {
        Instant now = clock.instant();
        synchronized (lock) {
            history(mirror).remembered(bytesPerSecond, now);
        }
    }

    /** Notes the start of a transfer; returns whether it is a trial. */
    boolean leased(RepositoryPath path, Mirror mirror) {
        Instant now = clock.instant();
        synchronized (lock) {
            return history(mirror).leased(occupies(path), now);
        }
    }

    void returned(RepositoryPath path, Mirror mirror, boolean trial) {
        synchronized (lock) {
            history(mirror).returned(occupies(path), trial);
        }
    }

    /**
     * A signature is no load on a mirror; if counted, it would keep the next package away from the mirror of the last.
     */
    private static boolean occupies(RepositoryPath path) {
        return path.kind() != FileKind.SIGNATURE;
    }

    void firstByte(Mirror mirror, Duration latency) {
        Instant now = clock.instant();
        synchronized (lock) {
            history(mirror).firstByte(latency, now);
        }
    }

    void delivered(Mirror mirror, long bytes, Duration elapsed) {
        Instant now = clock.instant();
        synchronized (lock) {
            history(mirror).delivered(bytes, elapsed, now);
            lineWorks();
        }
    }

    /**
     * Notes a failure.
     *
     * @return whether every mirror has now failed, so that all were pardoned: our own line was down
     */
    boolean failed(RepositoryPath path, Mirror mirror, MirrorFailure failure) {
        if (failure == MirrorFailure.PROXY_FAILED) {
            // It was never asked, which says nothing about it or the line.
            return false;
        }
        Instant now = clock.instant();
        synchronized (lock) {
            if (failure == MirrorFailure.NOT_FOUND || failure == MirrorFailure.WRONG_CONTENT) {
                // It does not have the file, whatever it sent in its place.
                missing.add(path, mirror, now);
            }
            if (failure.blamesMirror()) {
                return blame(mirror, failure, now);
            }
            // It answered, and correctly.
            history(mirror).answered();
            lineWorks();
            return false;
        }
    }

    /** Notes that a mirror asked for a rest; too long a rest is capped. */
    void rests(Mirror mirror, Rest rest) {
        Duration left = rest.left().compareTo(LONGEST_REST) < 0 ? rest.left() : LONGEST_REST;
        Instant now = clock.instant();
        synchronized (lock) {
            history(mirror).rests(new Rest(rest.status(), left), now);
        }
    }

    /** The rest that a mirror has asked for; empty if it may be asked. */
    Optional<Rest> rest(Mirror mirror) {
        Instant now = clock.instant();
        synchronized (lock) {
            return history(mirror).rest(now);
        }
    }

    /** The end of a mirror's rest after failures; empty if it does not rest. */
    Optional<Instant> leftAloneUntil(Mirror mirror) {
        synchronized (lock) {
            return history(mirror).leftAloneUntil();
        }
    }

    /** Notes that a mirror did not answer, like a failure; if all are silent, none is blamed. */
    void silent(Mirror mirror) {
        Instant now = clock.instant();
        synchronized (lock) {
            blame(mirror, MirrorFailure.UNREACHABLE, now);
        }
    }

    private boolean blame(Mirror mirror, MirrorFailure failure, Instant now) {
        history(mirror).failed(failure, now);
        failedInARow.add(mirror);
        return pardonIfAllFailed(mirror);
    }

    /** Whether the mirror said a moment ago that it does not have the file. */
    boolean lacks(RepositoryPath path, Mirror mirror) {
        Instant now = clock.instant();
        synchronized (lock) {
            return missing.contains(path, mirror, now);
        }
    }

    /** Forgets which files were not found, since a new database lists new files. */
    void forgetMissing() {
        synchronized (lock) {
            missing.clear();
        }
    }

    private void lineWorks() {
        failedInARow.forEach(failed -> history(failed).blamed());
        failedInARow.clear();
    }

    private boolean pardonIfAllFailed(Mirror last) {
        List<Mirror> pardoned = watched.values().stream()
                .filter(mirrors -> mirrors.contains(last) && failedInARow.containsAll(mirrors))
                .flatMap(Set::stream)
                .distinct()
                .toList();
        pardoned.forEach(failed -> history(failed).pardoned());
        pardoned.forEach(failedInARow::remove);
        return !pardoned.isEmpty();
    }

    private UseHistory history(Mirror mirror) {
        return histories.computeIfAbsent(mirror, any -> new UseHistory());
    }
}
