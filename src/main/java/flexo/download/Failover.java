package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The producer of one {@link Download}: asks mirror after mirror until the file is whole.
 *
 * <p>Each mirror is asked once for each download, each for what is missing then. Its steps run one after another on the
 * storage executor, each started by the end of the one before, and hand its fields on with them; only what the timer and
 * {@link #cancel} share with them is guarded by {@code lock}.
 */
final class Failover implements Transfer.Starter {
    private static final Logger LOG = Logger.getLogger(Failover.class.getName());
    /** Asking the same mirror again is for stale connections and stale leftovers; once for each is enough. */
    private static final int AGAIN_AT_MOST = 2;
    /** Of hundreds of mirrors no more are asked for one file, as in Flexo. */
    private static final int MIRRORS_AT_MOST = 25;

    private final DownloadContext context;
    private final Download download;
    private final RepositoryPath path;
    private final boolean headOnly;
    /** Takes the download out of those that can be joined. */
    private final Runnable leave;

    private final PartWriter writer;
    private final Attempts attempts = new Attempts();
    private final long startNanos;
    private int askedAgain;
    /** What was wrong with the mirror asked last; null before one has failed. */
    private String switchBecause;

    private final Object lock = new Object();
    // Guarded by lock.
    private final Set<Mirror> asked = new HashSet<>();

    /** Those of them that worked, but were left because they were slow. */
    private final Set<Mirror> slow = new HashSet<>();

    private final List<Double> speedsOutpaced = new ArrayList<>();
    private long bytesMissingSinceNanos;
    /** The next mirror, chosen while the present one is late; null if none is. */
    private MirrorLease reserved;

    private Transfer current;
    /** Null unless cancelled. */
    private DownloadFailure cancelledBecause;

    Failover(DownloadContext context, Download download, boolean headOnly, Runnable leave) {
        this.context = context;
        this.download = download;
        this.path = download.path();
        this.headOnly = headOnly;
        this.leave = leave;
        this.writer = new PartWriter(context.cache(), download);
        this.startNanos = context.nanoTime().getAsLong();
        this.bytesMissingSinceNanos = startNanos;
    }

    void start() {
        context.storage().execute(() -> step(this::begin));
    }

    /** Stops asking; what was fetched of a file that is kept stays for a later download. */
    void cancel(DownloadFailure why) {
        Transfer running = cancelBecause(why);
        // If a transfer is running, nothing else is, and the rest is ours to do; if a step is, it finds the reason.
        if (running != null && running.cancel()) {
            running.lease().close();
            giveUp(why, Level.FINE);
        }
    }

    /** Keeps transfers from being started; the one that is running, or null. */
    private Transfer cancelBecause(DownloadFailure why) {
        synchronized (lock) {
            cancelledBecause = why;
            return current;
        }
    }

    /** Runs a step. One that fails unexpectedly ends the download, since its clients would wait for ever otherwise. */
    private void step(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, path + ": its download met something that should not happen", e);
            DownloadFailure why = new DownloadFailure(
                    DownloadFailure.Reason.STORAGE, path + ": its download failed unexpectedly; the log says why");
            Transfer running = cancelBecause(why);
            if (running != null && running.cancel()) {
                running.lease().close();
            }
            giveUp(why, Level.FINE);
        }
    }

    private void begin() {
        if (!context.cache().hasRoomFor(path)) {
            giveUp(new DownloadFailure(DownloadFailure.Reason.NOT_FOUND, path + " is a directory"), Level.FINE);
            return;
        }
        try {
            if (!headOnly) {
                writer.openLeftover();
            }
        } catch (IOException e) {
            storageFailed(e);
            return;
        }
        next();
    }

    private void next() {
        Optional<MirrorLease> lease = takeNextMirror();
        if (lease.isEmpty()) {
            DownloadFailure summary = attempts.summary(path);
            // A file that is nowhere is an answer like any other; pacman asks for some that rarely are.
            giveUp(summary, summary.reason() == DownloadFailure.Reason.NOT_FOUND ? Level.FINE : Level.WARNING);
            return;
        }
        if (patienceLeftNanos() <= 0) {
            lease.get().close();
            context.mirrors().ranOutOfTime();
            giveUp(attempts.outOfTime(path), Level.WARNING);
            return;
        }
        if (switchBecause != null) {
            LOG.log(Level.INFO, "{0}: {1}; going on with {2} at byte {3}", new Object[] {
                path, switchBecause, lease.get().mirror(), String.valueOf(writer.fromByte())
            });
        }
        askedAgain = 0;
        ask(lease.get());
    }

    private void ask(MirrorLease lease) {
        Transfer transfer = new Transfer(context, download, writer, lease, headOnly, this);
        DownloadFailure stopBecause;
        synchronized (lock) {
            stopBecause = cancelledBecause;
            current = stopBecause == null ? transfer : null;
        }
        if (stopBecause == null) {
            transfer.start();
        } else {
            lease.close();
            giveUp(stopBecause, Level.FINE);
        }
    }

    @Override
    public void transferEnded(Transfer transfer, Transfer.Outcome outcome) {
        step(() -> goOn(transfer, outcome));
    }

    private void goOn(Transfer transfer, Transfer.Outcome outcome) {
        MirrorLease lease = transfer.lease();
        boolean delivered = transfer.hasDelivered();
        synchronized (lock) {
            current = null;
            // Only by bytes: mirrors that fail one after another would renew the clients' patience for ever.
            if (delivered) {
                bytesMissingSinceNanos = context.nanoTime().getAsLong();
            }
            if (outcome instanceof Transfer.Outcome.Failed failed && failed.failure() == MirrorFailure.TOO_SLOW) {
                slow.add(lease.mirror());
                failed.outpacedAt().ifPresent(speedsOutpaced::add);
            }
        }
        if (outcome instanceof Transfer.Outcome.Again again && askedAgain < AGAIN_AT_MOST) {
            askedAgain++;
            askAgain(lease, again);
            return;
        }
        if (outcome instanceof Transfer.Outcome.Again) {
            lease.failed(MirrorFailure.UNREACHABLE);
        }
        lease.close();
        if (outcome instanceof Transfer.Outcome.Delivered) {
            finish(lease.mirror());
        } else if (outcome instanceof Transfer.Outcome.StorageFailed failed) {
            storageFailed(failed.cause());
        } else {
            mirrorFailed(lease.mirror(), outcome);
        }
    }

    private void askAgain(MirrorLease lease, Transfer.Outcome.Again again) {
        LOG.log(Level.FINE, "{0}: asking {1} again: {2}", new Object[] {path, lease.mirror(), again.why()});
        if (again.fromStart()) {
            writer.dropLeftover();
        }
        ask(lease);
    }

    private void mirrorFailed(Mirror mirror, Transfer.Outcome outcome) {
        Transfer.Outcome.Failed failed = outcome instanceof Transfer.Outcome.Failed given
                ? given
                : new Transfer.Outcome.Failed(MirrorFailure.UNREACHABLE, "closed its connection again and again");
        attempts.add(mirror, failed.failure(), failed.detail());
        switchBecause = mirror + " " + failed.detail();
        if (path.kind() == FileKind.DATABASE_SIGNATURE && failed.failure() == MirrorFailure.NOT_FOUND) {
            // Most repositories do not sign their databases, so the first answer is the answer.
            giveUp(new DownloadFailure(DownloadFailure.Reason.NOT_FOUND, path + " is on no mirror"), Level.FINE);
        } else if (writer.hasBegun() && path.kind().mutable()) {
            // Two mirrors may have two databases of the same size; they are never spliced.
            giveUp(attempts.summary(path), Level.WARNING);
        } else {
            download.resuming();
            next();
        }
    }

    private void finish(Mirror mirror) {
        if (!headOnly && !path.kind().mutable()) {
            publish();
        }
        leave.run();
        download.complete();
        long millis =
                Duration.ofNanos(context.nanoTime().getAsLong() - startNanos).toMillis();
        LOG.log(Level.FINE, "{0}: fetched from {1} in {2} ms", new Object[] {path, mirror, String.valueOf(millis)});
        releaseReserved();
    }

    private void publish() {
        try {
            CacheEntry entry = writer.publish();
            LOG.log(Level.FINE, "{0}: cached as {1}", new Object[] {path, entry.file()});
        } catch (IOException e) {
            // Its clients have all of it; only the next one will have to wait for a mirror again.
            LOG.log(Level.SEVERE, path + ": delivered, but could not be put into the cache", e);
        }
    }

    private void storageFailed(IOException cause) {
        LOG.log(Level.SEVERE, path + ": the cache directory could not take it", cause);
        giveUp(
                new DownloadFailure(
                        DownloadFailure.Reason.STORAGE, path + ": the cache directory could not take it: " + cause),
                Level.FINE);
    }

    private void giveUp(DownloadFailure failure, Level level) {
        releaseReserved();
        writer.dropLeftover();
        // Out of those that can be joined first: a newcomer starts afresh instead of failing with this one.
        leave.run();
        download.fail(failure);
        LOG.log(level, "Not delivered: {0}", failure.message());
    }

    private Optional<MirrorLease> takeNextMirror() {
        synchronized (lock) {
            Optional<MirrorLease> lease = reserved == null ? choose() : Optional.of(reserved);
            reserved = null;
            if (lease.isPresent() || slow.isEmpty()) {
                return lease;
            }
            // Slow is better than nothing, and as the last one it will not be left again.
            asked.removeAll(slow);
            slow.clear();
            return choose();
        }
    }

    @Override
    public boolean anotherMirrorIsLeft() {
        synchronized (lock) {
            if (reserved == null) {
                reserved = choose().orElse(null);
            }
            return reserved != null;
        }
    }

    /** The selector does not block, so it may be asked under the lock. */
    private Optional<MirrorLease> choose() {
        if (asked.size() >= MIRRORS_AT_MOST) {
            return Optional.empty();
        }
        Optional<MirrorLease> lease = context.mirrors().next(path, Set.copyOf(asked));
        lease.ifPresent(chosen -> asked.add(chosen.mirror()));
        return lease;
    }

    private void releaseReserved() {
        synchronized (lock) {
            if (reserved != null) {
                reserved.close();
                reserved = null;
            }
        }
    }

    @Override
    public List<Double> speedsOutpaced() {
        synchronized (lock) {
            return List.copyOf(speedsOutpaced);
        }
    }

    @Override
    public long patienceLeftNanos() {
        synchronized (lock) {
            return bytesMissingSinceNanos
                    + context.deadlines().patience().toNanos()
                    - context.nanoTime().getAsLong();
        }
    }
}
