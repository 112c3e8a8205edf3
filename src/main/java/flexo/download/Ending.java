package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.log.RepeatedLines;
import flexo.mirror.Mirror;
import java.io.IOException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The end of one download: the order in which its file, its clients and later requests are updated.
 *
 * <p>Used once, by the last step of a {@link Failover}.
 */
final class Ending {
    private static final Logger LOG = Logger.getLogger(Ending.class.getName());
    private static final RepeatedLines.Kind FAILURES = new RepeatedLines.Kind("files", 20, 100);

    private final Fetch fetch;
    private final CacheDisk disk;
    private final RepositoryPath path;
    private final FilePolicy policy;
    private final PartWriter writer;
    private final MirrorChoice mirrors;
    private final Runnable leave;
    private final long startNanos;

    /**
     * The end of a download that begins now.
     *
     * @param leave removes the download from those that can be joined
     */
    Ending(Fetch fetch, PartWriter writer, MirrorChoice mirrors, Runnable leave) {
        this.fetch = fetch;
        this.disk = fetch.context().disk();
        this.path = fetch.path();
        this.policy = fetch.policy();
        this.writer = writer;
        this.mirrors = mirrors;
        this.leave = leave;
        this.startNanos = fetch.nowNanos();
    }

    /** The head is known, and was all that was requested. */
    void headIsKnown() {
        complete();
    }

    /** The known state is the latest. */
    void unchanged(Mirror mirror) {
        policy.unchanged(mirror);
        writer.giveUp();
        complete();
    }

    /** The file is complete and verified. */
    void whole(Mirror mirror) {
        if (path.kind().mutable()) {
            // First, so that a client with all of a database finds its signature.
            publish(mirror);
            writer.releaseAll();
        } else {
            // Last, so that no client waits for the disk.
            writer.releaseAll();
            publish(mirror);
        }
        complete();
        long millis = Duration.ofNanos(fetch.nowNanos() - startNanos).toMillis();
        LOG.log(Level.FINE, "{0}: fetched from {1} in {2} ms", new Object[] {path, mirror, String.valueOf(millis)});
    }

    private void publish(Mirror mirror) {
        if (writer.part() == null) {
            // It went through a pipe.
            return;
        }
        if (writer.isEndUncertain()) {
            LOG.log(
                    Level.INFO,
                    "{0}: not kept, since {1} did not say how long it is, and closed the connection",
                    new Object[] {path, mirror});
            writer.discard();
            writer.releaseRoom();
            return;
        }
        try {
            if (policy.publish(mirror, writer.part(), writer.head())) {
                disk.took(path);
            } else {
                writer.discard();
            }
        } catch (IOException e) {
            // Its clients have all of it; only the next one has to wait for a mirror again.
            disk.refused(path, e);
            writer.discard();
        } finally {
            writer.releaseRoom();
        }
    }

    private void complete() {
        leave.run();
        fetch.download().complete();
        mirrors.release();
    }

    /** The disk has refused the file, even after room was made: each reader continues alone. */
    void storageFailed(IOException cause) {
        disk.refused(path, cause);
        DownloadFailure why = new DownloadFailure(
                DownloadFailure.Reason.STORAGE, path + ": the cache directory does not take it: " + cause);
        if (!leftToReaders(why)) {
            failed(why, Level.WARNING);
        }
    }

    /** The reader of a rest will request the remainder later. */
    void turnIsOver() {
        boolean unused = leftToReaders(
                new DownloadFailure(DownloadFailure.Reason.BUSY, path + ": its place is needed by another reader"));
    }

    private boolean leftToReaders(DownloadFailure why) {
        // First removed from those that can be joined, as in any failure.
        leave.run();
        if (!writer.leaveRest(why)) {
            return false;
        }
        mirrors.release();
        LOG.log(Level.FINE, "Left to its readers: {0}", why.message());
        return true;
    }

    /** No more bytes will come; the part file stays for a later download. */
    void failed(DownloadFailure failure, Level level) {
        mirrors.release();
        writer.giveUp();
        // First removed from those that can be joined: a new request starts afresh instead of failing with this one.
        leave.run();
        boolean told = fetch.download().fail(failure);
        if (policy.isDispensable()) {
            log(level, "The database could not be checked, and clients get the state that was confirmed last", failure);
        } else {
            // Otherwise the readers log it themselves.
            log(told ? Level.FINE : level, "Not delivered", failure);
        }
    }

    private void log(Level level, String what, DownloadFailure failure) {
        fetch.context().lines().log(LOG, level, FAILURES, what, () -> what + ": " + failure.message());
    }
}
