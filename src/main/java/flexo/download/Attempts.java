package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.Rest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The mirrors a download has asked in vain, and what that means for its clients. What other nodes answer means nothing for
 * them, who have asked for no more than a mirror would give.
 *
 * <p>Not safe for threads; a download asks one mirror at a time.
 */
final class Attempts {
    private static final Set<MirrorFailure> OUT_OF_TIME = EnumSet.of(MirrorFailure.STALLED, MirrorFailure.TOO_SLOW);
    /** So many are named in a message; a list of thirty helps nobody. */
    private static final int NAMED = 5;

    private final Predicate<Mirror> isSibling;
    private final List<Attempt> failed = new ArrayList<>();
    /** Null before the first. */
    private Attempt latest;

    /**
     * None yet.
     *
     * @param isSibling whether one is another node
     */
    Attempts(Predicate<Mirror> isSibling) {
        this.isSibling = isSibling;
    }

    /** A mirror that was asked in vain, and why. */
    record Attempt(Mirror mirror, MirrorFailure failure, String detail) {
        @Override
        public String toString() {
            return mirror + " " + detail;
        }
    }

    void add(Mirror mirror, MirrorFailure failure, String detail) {
        latest = new Attempt(mirror, failure, detail);
        if (!isSibling.test(mirror)) {
            failed.add(latest);
        }
    }

    /** The latest, of nodes and mirrors; empty if none was asked in vain. */
    Optional<Attempt> latest() {
        return Optional.ofNullable(latest);
    }

    /**
     * What clients are told when no mirror is left: not found only if every mirror said so.
     *
     * @param rest of the mirror that may be asked again first; empty if none rests
     */
    DownloadFailure summary(RepositoryPath path, Optional<Rest> rest) {
        if (rest.isPresent()) {
            return new DownloadFailure(
                    DownloadFailure.Reason.PUT_OFF,
                    path + ": a mirror that may have it wants to be left alone for "
                            + Math.max(1, rest.get().left().toSeconds()) + " s (status "
                            + rest.get().status() + ")" + (failed.isEmpty() ? "" : "; " + names()),
                    rest);
        }
        if (failed.isEmpty()) {
            return new DownloadFailure(
                    DownloadFailure.Reason.BAD_ANSWERS, path + ": no mirror is known that could be asked");
        }
        return new DownloadFailure(reason(), path + ": " + names());
    }

    /** What clients are told when mirrors are left, but no time to ask them. */
    DownloadFailure outOfTime(RepositoryPath path) {
        return new DownloadFailure(
                DownloadFailure.Reason.TIMED_OUT,
                path + ": no time was left for another mirror" + (failed.isEmpty() ? "" : "; " + names()));
    }

    private String names() {
        // One that was asked again and again fails the same way each time.
        List<String> distinct =
                failed.stream().map(Attempt::toString).distinct().toList();
        return distinct.stream().limit(NAMED).collect(Collectors.joining("; "))
                + (distinct.size() > NAMED ? "; and " + (distinct.size() - NAMED) + " more failed" : "");
    }

    private DownloadFailure.Reason reason() {
        if (failed.stream().allMatch(attempt -> attempt.failure() == MirrorFailure.NOT_FOUND)) {
            return DownloadFailure.Reason.NOT_FOUND;
        }
        return failed.stream().anyMatch(attempt -> OUT_OF_TIME.contains(attempt.failure()))
                ? DownloadFailure.Reason.TIMED_OUT
                : DownloadFailure.Reason.BAD_ANSWERS;
    }
}
