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
 * What is learned about mirrors from their use: how quick they are, how they fail, which of them are to be left alone,
 * and which files they did not have a moment ago.
 *
 * <p>Thread-safe: all state is guarded by {@code lock}. Nothing foreign is called while it is held (the clock aside), so
 * it may be taken while any other lock is held.
 */
public final class MirrorHealth {

    /** No mirror is left alone for longer than this because of what it says; some say a day. */
    static final Duration LONGEST_REST = Duration.ofMinutes(15);

    private final Object lock = new Object();
    private final Clock clock;
    private final Map<Mirror, UseHistory> histories = new HashMap<>();
    private final MissingFiles missing = new MissingFiles();
    /** All mirrors there are to choose from, by who chooses among them. */
    private final Map<Object, Set<Mirror>> watched = new HashMap<>();
    /** Mirrors that failed since a mirror last answered properly. */
    private final Set<Mirror> failedInARow = new HashSet<>();

    /** Nothing is known yet. */
    public MirrorHealth(Clock clock) {
        this.clock = clock;
    }

    /** How often mirrors were used and failed; those that were never used are left out. */
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

    /** Starts counting afresh; what was learned about the mirrors stays. */
    public void resetMetrics() {
        synchronized (lock) {
            histories.values().forEach(UseHistory::resetCounts);
        }
    }

    /**
     * Tells which mirrors there are: only if all that somebody may choose from fail is none to blame.
     *
     * @param chooser who chooses among them
     * @param mirrors in place of those of the last time
     */
    void watch(Object chooser, Set<Mirror> mirrors) {
        synchronized (lock) {
            watched.put(chooser, Set.copyOf(mirrors));
            failedInARow.removeIf(this::isUnwatched);
            // Of hundreds that every test may bring, most are never used.
            histories
                    .entrySet()
                    .removeIf(entry ->
                            isUnwatched(entry.getKey()) && !entry.getValue().wasUsed());
        }
    }

    private boolean isUnwatched(Mirror mirror) {
        return watched.values().stream().noneMatch(chosenFrom -> chosenFrom.contains(mirror));
    }

    /** Nobody chooses among these any more. */
    void forget(Object chooser) {
        synchronized (lock) {
            watched.remove(chooser);
        }
    }

    /** Of how many mirrors something is kept. */
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

    /** Notes a speed from before the last start. */
    void remember(Mirror mirror, long bytesPerSecond) {
        Instant now = clock.instant();
        synchronized (lock) {
            history(mirror).remembered(bytesPerSecond, now);
        }
    }

    /** Notes that a transfer begins; tells whether it is the one that finds out whether the mirror is back. */
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

    /** A signature is no work for a mirror; counted, it would keep the next package away from the mirror of the last. */
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
     * @return whether with it every mirror has failed, so that all were pardoned: our own line was down
     */
    boolean failed(RepositoryPath path, Mirror mirror, MirrorFailure failure) {
        if (failure == MirrorFailure.PROXY_FAILED) {
            // It was never asked: that says nothing against it, nor anything for the line.
            return false;
        }
        Instant now = clock.instant();
        synchronized (lock) {
            if (failure == MirrorFailure.NOT_FOUND || failure == MirrorFailure.WRONG_CONTENT) {
                // The file itself is not there, whatever lies in its place.
                missing.add(path, mirror, now);
            }
            if (failure.blamesMirror()) {
                return blame(mirror, failure, now);
            }
            // It answered, and in good order.
            history(mirror).answered();
            lineWorks();
            return false;
        }
    }

    /** Notes that a mirror is not to be asked for a while; a while that is too long is cut. */
    void rests(Mirror mirror, Rest rest) {
        Duration left = rest.left().compareTo(LONGEST_REST) < 0 ? rest.left() : LONGEST_REST;
        Instant now = clock.instant();
        synchronized (lock) {
            history(mirror).rests(new Rest(rest.status(), left), now);
        }
    }

    /** How long a mirror is still not to be asked because it said so; empty if it may be asked. */
    Optional<Rest> rest(Mirror mirror) {
        Instant now = clock.instant();
        synchronized (lock) {
            return history(mirror).rest(now);
        }
    }

    /** Until when a mirror is left alone for having failed; empty if it is not. */
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

    /** Tells whether the mirror said a moment ago that it does not have the file. */
    boolean lacks(RepositoryPath path, Mirror mirror) {
        Instant now = clock.instant();
        synchronized (lock) {
            return missing.contains(path, mirror, now);
        }
    }

    /** Forgets which files were not found, because a new database says that there are new files. */
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
