package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.log.RepeatedLines;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The producer of one {@link Download}: once admitted ({@link Admission}), asks mirror after mirror until the file is
 * complete.
 *
 * <p>Each mirror is asked once per download, for the bytes missing at that time. Its steps run one after another on the
 * storage executor, each started by the end of the previous one, which publishes its fields; waits in between are in
 * {@link CurrentWait}, where {@link #cancel} finds them.
 */
public final class Failover implements Admission.Holder {
    private static final Logger LOG = Logger.getLogger(Failover.class.getName());
    /** Retries at the same mirror are for stale connections and stale leftovers; one for each is enough. */
    private static final int AGAIN_AT_MOST = 2;
    /** Per mirror; the text continues "… more". */
    private static final RepeatedLines.Kind SWITCHES = new RepeatedLines.Kind("downloads that it failed", 20, 200);

    private static final Duration FIRST_ROUND_AFTER = Duration.ofMillis(100);
    private static final Duration ROUNDS_APART = Duration.ofSeconds(1);

    private final Fetch fetch;
    private final DownloadContext context;
    private final RepositoryPath path;
    private final FilePolicy policy;
    private final MirrorChoice mirrors;
    private final PartWriter writer;
    private final ReadAhead ahead;
    private final SeveralMirrors several;
    private final Ending ending;
    private final CurrentWait wait = new CurrentWait();
    private final Admission.Place place;
    private final boolean patient;
    private final Attempts attempts;
    /** Empty if nobody wants to know who sends wrong bytes. */
    private Optional<Inquests> inquests = Optional.empty();
    /** Null unless this is the rest of a file for one reader. */
    private Pipe pipe;
    /** Whether its place goes to another reader. */
    private volatile boolean turnIsOver;
    /** Null before the first one. */
    private volatile Race latest;
    /** The number of times that all interrupted mirrors were asked again since the last bytes. */
    private int rounds;

    private int askedAgain;
    /** Whether continuable bytes have arrived. */
    private boolean brokeOff;
    /** Whether the combined bytes of several mirrors, or of a leftover, have failed verification. */
    private boolean mixed;
    /** The verdict of all mirrors, while the last resort is asked; null before that. */
    private DownloadFailure nowhere;

    /**
     * The producer of one download.
     *
     * @param headOnly whether only its head is wanted
     * @param preferred the mirror to ask first
     * @param leave removes the download from those that can be joined
     */
    public Failover(
            DownloadContext context,
            Download download,
            FilePolicy policy,
            boolean headOnly,
            Admission.Wish wish,
            Optional<Mirror> preferred,
            Runnable leave) {
        this.fetch = new Fetch(context, download, policy, headOnly);
        this.context = context;
        this.path = download.path();
        this.policy = policy;
        this.mirrors = new MirrorChoice(context, path, preferred);
        this.attempts = new Attempts(context.mirrors()::isSibling);
        this.writer = new PartWriter(fetch);
        this.place = context.admission().place(wish, this);
        this.patient = wish.urgency() != Admission.Urgency.SOON;
        this.several = new SeveralMirrors(fetch, writer, () -> latest.giveWay(), this::isReadAhead);
        this.ahead = new ReadAhead(fetch, writer, several::isActive);
        this.ending = new Ending(fetch, writer, mirrors, () -> {
            leave.run();
            ahead.cancel();
            several.cancel();
            if (pipe == null) {
                place.leave();
            }
        });
        download.whenAbandoned(place::mayBeGivenUp);
        if (!path.kind().mutable()) {
            download.whenFar(ahead::readerIsFar);
            var unused = download.started().thenRunAsync(this::begunWell, context.storage());
        }
    }

    /** Other mirrors join unless it must be plain who has sent what. */
    private void begunWell() {
        if (inquests.isEmpty() || !inquests.get().isOpen(path)) {
            several.begin();
        }
    }

    /** If bytes of several mirrors make a wrong file, these find out who is to blame; before {@link #start}. */
    Failover examinedBy(Inquests examining) {
        inquests = Optional.of(examining);
        return this;
    }

    private boolean isReadAhead() {
        return ahead.isActive();
    }

    /** The same for the rest of a file, of which its one reader has the beginning; before {@link #start}. */
    Failover continuing(ContentHead head, Remainder rest, Pipe into) {
        pipe = into;
        pipe.tell(place::mayBeGivenUp, place::leave);
        writer.continueFrom(head, rest, pipe);
        fetch.download().whenAbandoned(this::giveWay);
        fetch.download().whenFar(() -> {});
        return this;
    }

    /** Requests a place, and begins when it has one. */
    public void start() {
        place.take();
    }

    @Override
    public void placed() {
        boolean readsDatabase = policy.readsDatabase(FilePolicy.Step.PREPARATION);
        (readsDatabase ? context.reading() : context.storage()).execute(() -> step(this::begin));
    }

    @Override
    public void refused(String why) {
        context.storage()
                .execute(() -> ending.failed(
                        new DownloadFailure(DownloadFailure.Reason.BUSY, path + ": " + why + "; ask again later"),
                        Level.FINE));
    }

    @Override
    public boolean isAbandoned() {
        return fetch.download().isAbandoned();
    }

    @Override
    public boolean hasHadItsTurn() {
        return pipe != null && pipe.isTurnOver();
    }

    @Override
    public boolean giveWay() {
        // The caller may hold the lock of a leaving client.
        if (fetch.download().withdrawIfAbandoned()) {
            context.storage()
                    .execute(() -> cancel(new DownloadFailure(
                            DownloadFailure.Reason.ABANDONED,
                            path + ": nobody waits for it, and others need its place")));
            return true;
        }
        turnIsOver = hasHadItsTurn();
        if (turnIsOver) {
            context.storage().execute(latest::giveWay);
        }
        return turnIsOver;
    }

    /** Adds a waiting client. */
    public void wantedBy(Client client) {
        if (place.wantedBy(client.address())) {
            mirrors.renewPatience();
        }
    }

    /** Cancels it; the part file stays for a later download. */
    public void cancel(DownloadFailure why) {
        // During a wait, the rest is done here; a running step finds the reason itself.
        if (wait.stop(why) || place.leaveQueue()) {
            ending.failed(why, Level.FINE);
        }
    }

    /** Runs a step. An unexpected failure ends the download, since its clients would otherwise wait forever. */
    private void step(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, path + ": its download failed unexpectedly", e);
            DownloadFailure why = new DownloadFailure(
                    DownloadFailure.Reason.STORAGE, path + ": its download failed unexpectedly; the log says why");
            boolean unused = wait.stop(why);
            ending.failed(why, Level.FINE);
        }
    }

    private void begin() {
        if (patient) {
            // No client has waited with it.
            mirrors.renewPatience();
        }
        if (path.kind() == FileKind.OTHER && !context.cache().hasRoomFor(path)) {
            ending.failed(new DownloadFailure(DownloadFailure.Reason.NOT_FOUND, path + " is a directory"), Level.FINE);
            return;
        }
        context.mirrors().prepare(path);
        policy.prepare();
        if (!fetch.headOnly()) {
            writer.openLeftover();
        }
        next();
    }

    private void next() {
        Optional<MirrorLease> lease = mirrors.take().or(this::takeLastResort);
        if (lease.isEmpty() && brokeOff && nowhere == null && mirrors.patienceLeftNanos() > 0 && mirrors.beginAgain()) {
            goOnSoon();
            return;
        }
        if (lease.isEmpty()) {
            DownloadFailure summary = nowhere == null ? summary() : nowhere;
            // A missing file is a normal answer; pacman requests some that rarely exist.
            ending.failed(summary, summary.reason() == DownloadFailure.Reason.NOT_FOUND ? Level.FINE : Level.WARNING);
            return;
        }
        if (mirrors.patienceLeftNanos() <= 0) {
            lease.get().close();
            if (nowhere != null) {
                ending.failed(nowhere, Level.FINE);
                return;
            }
            context.mirrors().ranOutOfTime(path);
            ending.failed(attempts.outOfTime(path), Level.WARNING);
            return;
        }
        Mirror mirror = lease.get().mirror();
        attempts.latest()
                .filter(failed -> !failed.mirror().equals(mirror))
                .ifPresent(failed -> tellOfSwitch(fetch, failed, mirror, writer.fromByte()));
        askedAgain = 0;
        ask(lease.get());
    }

    /** No other mirror has the rest of a file: interrupted ones are asked again, as a client would do. */
    private void goOnSoon() {
        long delay = Math.min(ROUNDS_APART.toMillis(), FIRST_ROUND_AFTER.toMillis() << Math.min(rounds, 8));
        rounds++;
        Optional<DownloadFailure> stopBecause = wait.begin(() -> true);
        if (stopBecause.isPresent()) {
            ending.failed(stopBecause.get(), Level.FINE);
            return;
        }
        ScheduledFuture<?> unused = context.timer()
                .schedule(() -> context.storage().execute(() -> step(this::beginRound)), delay, TimeUnit.MILLISECONDS);
    }

    private void beginRound() {
        if (wait.over()) {
            next();
        }
    }

    /** Logs why another mirror delivers from now on. */
    static void tellOfSwitch(Fetch fetch, Attempts.Attempt failed, Mirror next, long fromByte) {
        fetch.download().course().switches(new DownloadView.Switch(failed.mirror(), next, failed.detail(), fromByte));
        Level level = switch (failed.failure()) {
            // Mirrors lag behind one another; all of them are asked for a missing file.
            case NOT_FOUND, NOT_CACHED -> Level.FINE;
            case WRONG_CONTENT -> Level.WARNING;
            default -> Level.INFO;
        };
        fetch.context()
                .lines()
                .log(
                        LOG,
                        level,
                        SWITCHES,
                        failed.mirror().toString(),
                        () -> fetch.path() + ": " + failed + "; going on with " + next + " at byte " + fromByte);
    }

    private void ask(MirrorLease lease) {
        Race race = new Race(fetch, writer, mirrors, attempts, this::transferEnded);
        latest = race;
        if (waitBegins(lease, race::cancel)) {
            race.start(lease);
            if (turnIsOver) {
                race.giveWay();
            }
        }
    }

    /** Begins a wait; false if the download was cancelled, and this was its last step. */
    private boolean waitBegins(MirrorLease lease, BooleanSupplier end) {
        Optional<DownloadFailure> stopBecause = wait.begin(end);
        if (stopBecause.isPresent()) {
            lease.close();
            ending.failed(stopBecause.get(), Level.FINE);
        }
        return stopBecause.isEmpty();
    }

    private void transferEnded(Transfer transfer, Outcome outcome) {
        step(() -> goOn(transfer, outcome));
    }

    private void goOn(Transfer transfer, Outcome outcome) {
        boolean unused = wait.over();
        MirrorLease lease = transfer.lease();
        if (transfer.hasDelivered() && !path.kind().mutable()) {
            brokeOff = true;
            rounds = 0;
        }
        if (outcome instanceof Outcome.Delivered all) {
            delivered(lease, all);
        } else if (outcome instanceof Outcome.Unchanged) {
            lease.delivered(0, Duration.ZERO);
            lease.close();
            ending.unchanged(lease.mirror());
        } else if (outcome instanceof Outcome.Again again) {
            again(lease, again);
        } else if (outcome instanceof Outcome.StorageFailed failed) {
            lease.close();
            ending.storageFailed(failed.cause());
        } else if (outcome instanceof Outcome.Yielded && pipe != null) {
            lease.close();
            ending.turnIsOver();
        } else if (outcome instanceof Outcome.Yielded) {
            lease.close();
            waitForOthers(lease.mirror());
        } else {
            mirrorFailed(lease, (Outcome.Failed) outcome);
        }
    }

    private void again(MirrorLease lease, Outcome.Again again) {
        if (askedAgain < AGAIN_AT_MOST) {
            askedAgain++;
            askAgain(lease, again);
        } else {
            lease.failed(MirrorFailure.UNREACHABLE);
            mirrorFailed(lease, new Outcome.Failed(MirrorFailure.UNREACHABLE, "closed its connection again and again"));
        }
    }

    private void delivered(MirrorLease lease, Outcome.Delivered all) {
        if (!fetch.headOnly() && writer.missing() > 0) {
            metAnother(lease, all);
            return;
        }
        if (policy.readsDatabase(FilePolicy.Step.PROOF)) {
            context.databases().execute(() -> step(() -> prove(lease, all)));
        } else {
            prove(lease, all);
        }
    }

    /** The rest is being fetched ahead, or was: the bytes missing after that are requested as usual. */
    private void metAnother(MirrorLease lease, Outcome.Delivered all) {
        all.reportTo(lease);
        lease.close();
        waitForOthers(lease.mirror());
    }

    private void waitForOthers(Mirror mirror) {
        Optional<DownloadFailure> stopBecause = wait.begin(() -> true);
        if (stopBecause.isPresent()) {
            ending.failed(stopBecause.get(), Level.FINE);
            return;
        }
        several.goOn(
                mirror, () -> ahead.whenOver(() -> context.storage().execute(() -> step(() -> goOnBehind(mirror)))));
    }

    private void goOnBehind(Mirror mirror) {
        if (!wait.over()) {
            // Cancelled meanwhile.
            return;
        }
        writer.skipAhead();
        // Clients have been given bytes meanwhile.
        mirrors.renewPatience();
        if (writer.missing() == 0) {
            delivered(new ReturnedLease(mirror), new Outcome.Delivered(0, 0, Duration.ZERO, true));
            return;
        }
        mirrors.forgetAsked();
        next();
    }

    /** Verifies the file, and fetches its companions. The mirror stays leased meanwhile. */
    private void prove(MirrorLease lease, Outcome.Delivered all) {
        if (fetch.headOnly()) {
            all.reportTo(lease);
            lease.close();
            ending.headIsKnown();
            return;
        }
        Optional<String> complaint;
        try {
            complaint = policy.complaint(writer.part(), writer.head(), writer.sha256())
                    .or(() -> policy.isNeededWhole() && writer.isEndUncertain()
                            ? Optional.of("closed the connection, perhaps before its end")
                            : Optional.empty());
        } catch (IOException e) {
            lease.close();
            ending.storageFailed(e);
            return;
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
        if (complaint.isPresent()) {
            wrong(lease, all, new FilePolicy.Objection(MirrorFailure.WRONG_CONTENT, complaint.get()));
            return;
        }
        BooleanSupplier giveBack = () -> {
            lease.close();
            return true;
        };
        if (waitBegins(lease, giveBack)) {
            var unused = policy.companion(lease.mirror(), writer.part())
                    .whenCompleteAsync(
                            (companion, failure) -> step(() -> settled(lease, all, companion)), context.storage());
        }
    }

    private void settled(MirrorLease lease, Outcome.Delivered all, FilePolicy.Companion companion) {
        if (!wait.over()) {
            // Cancelled meanwhile.
            return;
        }
        if (companion instanceof FilePolicy.Companion.Ready) {
            all.reportTo(lease);
            lease.close();
            ending.whole(lease.mirror());
        } else if (companion instanceof FilePolicy.Companion.Unchanged && !writer.isReleased()) {
            lease.delivered(0, Duration.ZERO);
            lease.close();
            writer.startOver();
            ending.unchanged(lease.mirror());
        } else if (companion instanceof FilePolicy.Companion.Unchanged) {
            all.reportTo(lease);
            lease.close();
            ending.whole(lease.mirror());
        } else if (companion instanceof FilePolicy.Companion.Mismatched mismatched) {
            mismatched(lease, all, mismatched);
        } else if (companion instanceof FilePolicy.Companion.Missing missing) {
            wrong(lease, all, missing.objection());
        } else {
            throw new IllegalStateException(path + ": what belongs beside it came to no end");
        }
    }

    private void mismatched(MirrorLease lease, Outcome.Delivered all, FilePolicy.Companion.Mismatched mismatched) {
        if (!writer.isReleased() && askedAgain < AGAIN_AT_MOST) {
            again(lease, new Outcome.Again(true, mismatched.why()));
        } else {
            wrong(lease, all, new FilePolicy.Objection(MirrorFailure.WRONG_LENGTH, mismatched.why()));
        }
    }

    /** The complete file is wrong: the next mirror delivers it from the start, if no client has begun. */
    private void wrong(MirrorLease lease, Outcome.Delivered all, FilePolicy.Objection objection) {
        // With bytes of several mirrors, it is unknown whose are wrong.
        boolean allAreIts = all.newBytes() == writer.head().lengthBytes();
        lease.failed(allAreIts ? objection.failure() : MirrorFailure.WRONG_LENGTH);
        lease.close();
        attempts.add(lease.mirror(), objection.failure(), objection.why());
        if (writer.isReleased()) {
            Optional<Inquests.Evidence> evidence = allAreIts ? Optional.empty() : writer.evidence();
            writer.discard();
            ending.failed(summary(), Level.WARNING);
            evidence.ifPresent(wrong -> inquests.ifPresentOrElse(examining -> examining.open(wrong), wrong::close));
            return;
        }
        writer.startOver();
        if (!allAreIts && !mixed) {
            // Each may have the right file, this one too; but only once, so that they do not spoil each other's bytes
            // endlessly.
            mixed = true;
            mirrors.forgetAsked();
        }
        next();
    }

    private void askAgain(MirrorLease lease, Outcome.Again again) {
        LOG.log(Level.FINE, "{0}: asking {1} again: {2}", new Object[] {path, lease.mirror(), again.why()});
        if (again.fromStart()) {
            writer.startOver();
        }
        ask(lease);
    }

    private void mirrorFailed(MirrorLease lease, Outcome.Failed failed) {
        if (failed.failure() == MirrorFailure.TOO_SLOW) {
            mirrors.leftForBeingSlow(lease.mirror());
        }
        lease.close();
        attempts.add(lease.mirror(), failed.failure(), failed.detail());
        mirrors.failed(lease.mirror(), failed.failure());
        if (path.kind().mutable()) {
            if (writer.isReleased()) {
                // Two mirrors may have different databases of the same size; they are never spliced.
                ending.failed(summary(), Level.WARNING);
                return;
            }
            writer.startOver();
        }
        if (several.isActive()) {
            several.leaveOut(lease.mirror());
            waitForOthers(lease.mirror());
            return;
        }
        fetch.download().resuming();
        next();
    }

    private DownloadFailure summary() {
        return attempts.summary(path, context.mirrors().rest(path));
    }

    /** Whatever its result: if it does not deliver, the error is still that no mirror has the file. */
    private Optional<MirrorLease> takeLastResort() {
        DownloadFailure summary = summary();
        if (nowhere != null || summary.reason() != DownloadFailure.Reason.NOT_FOUND) {
            return Optional.empty();
        }
        nowhere = summary;
        return context.mirrors().lastResort(path);
    }
}
