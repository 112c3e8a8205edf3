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
 * The failed attempts of a download, and the resulting error for its clients. Failures of other nodes are left out,
 * since they do not concern clients.
 *
 * <p>Not thread-safe; a download makes one attempt at a time.
 */
final class Attempts {
    private static final Set<MirrorFailure> OUT_OF_TIME = EnumSet.of(MirrorFailure.STALLED, MirrorFailure.TOO_SLOW);
    /** The limit of mirrors named in a message. */
    private static final int NAMED = 5;

    private final Predicate<Mirror> isSibling;
    private final List<Attempt> failed = new ArrayList<>();
    /** Null before the first. */
    private Attempt latest;

    /**
     * No attempts yet.
     *
     * @param isSibling whether a mirror is another node
     */
    Attempts(Predicate<Mirror> isSibling) {
        this.isSibling = isSibling;
    }

    /** A failed attempt, with its mirror and reason. */
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

    /** The latest failure of a node or mirror; empty if there is none. */
    Optional<Attempt> latest() {
        return Optional.ofNullable(latest);
    }

    /**
     * The error for clients when no mirror is left: not found only if every mirror said so.
     *
     * @param rest the first rest of a mirror to end; empty if none rests
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

    /** The error for clients when there is no time left for the remaining mirrors. */
    DownloadFailure outOfTime(RepositoryPath path) {
        return new DownloadFailure(
                DownloadFailure.Reason.TIMED_OUT,
                path + ": no time was left for another mirror" + (failed.isEmpty() ? "" : "; " + names()));
    }

    private String names() {
        // Repeated attempts at one mirror fail the same way.
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
