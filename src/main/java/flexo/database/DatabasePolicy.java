package flexo.database;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.GenerationNote.Signature;
import flexo.cache.PartFile;
import flexo.cache.Validators;
import flexo.database.CheckResult.Confirmed;
import flexo.database.CheckResult.End;
import flexo.database.CheckResult.Failed;
import flexo.database.CheckResult.Newer;
import flexo.database.Doubt.Kind;
import flexo.download.Beginning;
import flexo.download.DownloadContext;
import flexo.download.DownloadFailure;
import flexo.download.FilePolicy;
import flexo.download.HoldBack;
import flexo.download.MirrorResponse;
import flexo.log.RepeatedLines;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.repository.NotADatabaseException;
import flexo.repository.RepositoryDatabase;
import flexo.repository.SignaturePacket;
import flexo.repository.UnreadableCompressionException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The rules of a check: the file must prove to be a database, must not be older than the known one, and comes with the
 * signature of the same mirror and moment.
 *
 * <p>It decides by a {@link Snapshot} alone, and has no side effects: the result is its {@link #outcome}.
 */
final class DatabasePolicy implements FilePolicy {
    private static final Logger LOG = Logger.getLogger(DatabasePolicy.class.getName());
    private static final RepeatedLines.Kind UNPROVEN = new RepeatedLines.Kind("states that cannot be proven", 20, 20);
    /** A mirror's clock may be wrong, but a time far ahead would make all later states look old. */
    private static final Duration CLOCKS_DIFFER_AT_MOST = Duration.ofDays(1);

    /** The date of this code: an earlier clock has not been set yet, and proves nothing. */
    private static final Instant CLOCKS_ARE_SET_AFTER = Instant.parse("2025-01-01T00:00:00Z");

    private static final long TIMESTAMP_BYTES_AT_MOST = 64 * 1024;
    /** The largest file list of Arch has some fifty MiB. */
    private static final long DATABASE_BYTES_AT_MOST = 512L << 20;
    /**
     * A state that is probably older is held back until it is judged: clients have the known state, and wait no longer.
     */
    private static final HoldBack UNTIL_IT_IS_JUDGED = new HoldBack(true, Duration.ofMinutes(10));

    private final DownloadContext context;
    private final GenerationStore store;
    private final Snapshot snapshot;
    private final RepositoryPath path;

    private final CompletableFuture<End> outcome = new CompletableFuture<>();

    // Collected from all mirrors so far, guarded by the monitor: heads arrive on other threads than the rest.
    private final List<Doubt> doubts = new ArrayList<>();
    private final Set<Mirror> asked = new HashSet<>();
    /** Mirrors whose "not modified" may refer to another state. */
    private final Set<Mirror> toSendAll = new HashSet<>();

    // State of the mirror that was asked last.

    /** Its validators for the state it sends; set with its head. */
    private volatile Validators offered = new Validators(Optional.empty(), "");

    private volatile Optional<Duration> staleFor = Optional.empty();
    private volatile boolean sameAsKnown;
    private long lengthBytes;
    private String sha256 = "";
    /** Empty until it is verified, and for files without packages. */
    private Optional<RepositoryDatabase> contents = Optional.empty();

    private Optional<Doubt> doubt = Optional.empty();
    private volatile Optional<Signature> signature = Optional.empty();
    private volatile Optional<DownloadFailure> signatureFailure = Optional.empty();

    DatabasePolicy(DownloadContext context, GenerationStore store, Snapshot snapshot) {
        this.context = context;
        this.store = store;
        this.snapshot = snapshot;
        this.path = snapshot.path();
    }

    /** The result of the check; completed before clients get the last byte. */
    CompletionStage<End> outcome() {
        return outcome;
    }

    /** Ends it: no mirror is left, or the check was cancelled. */
    void failed(DownloadFailure why) {
        synchronized (this) {
            Set<Mirror> doubted = new HashSet<>();
            doubts.stream()
                    .filter(each -> each.kind().isOlder())
                    .map(Doubt::mirror)
                    .forEach(doubted::add);
            // It ran out of time before all were asked.
            boolean every =
                    why.reason() != DownloadFailure.Reason.TIMED_OUT && !doubted.isEmpty() && doubted.equals(asked);
            outcome.complete(new Failed(why, List.copyOf(doubts), every));
        }
    }

    // Requests to mirrors.

    @Override
    public synchronized Optional<Validators> validators(Mirror mirror) {
        asked.add(mirror);
        return toSendAll.contains(mirror) ? Optional.empty() : snapshot.validators(mirror);
    }

    @Override
    public boolean isListed() {
        return snapshot.known().isPresent();
    }

    @Override
    public boolean isDispensable() {
        return snapshot.known().isPresent();
    }

    // Responses of mirrors.

    /**
     * A server may answer so for an older file, too. So it is believed only if the mirror has sent the known state
     * itself, or names its very time or tag; otherwise the mirror has to send its state.
     */
    @Override
    public Optional<UnchangedWord> unchangedWord(Mirror mirror, MirrorResponse mirrorResponse, Validators askedBy) {
        offered = askedBy;
        sameAsKnown = false;
        staleFor = mirrorResponse.staleFor();
        Optional<Doubt> objection = doubtOfUnchanged(mirror);
        if (objection.isPresent()) {
            return Optional.of(new UnchangedWord.Refused(objection.get().objection()));
        }
        Optional<Instant> its = mirrorResponse.lastModified();
        boolean isItsOwn = isKnownToCarryIt(mirror);
        boolean sameTime = its.isPresent() && its.equals(askedBy.lastModified());
        boolean sameTag = !askedBy.etag().isEmpty() && askedBy.etag().equals(mirrorResponse.etag());
        boolean earlier = its.isPresent()
                && askedBy.lastModified().filter(its.get()::isBefore).isPresent();
        if (sameTag || sameTime || (isItsOwn && !earlier)) {
            return Optional.of(new UnchangedWord.Believed());
        }
        synchronized (this) {
            toSendAll.add(mirror);
        }
        return Optional.of(new UnchangedWord.ToBeSent("may mean an older state by \"not modified\""));
    }

    private boolean isKnownToCarryIt(Mirror mirror) {
        return snapshot.validators().containsKey(mirror)
                || snapshot.note()
                        .map(GenerationNote::source)
                        .filter(mirror.fingerprint()::equals)
                        .isPresent();
    }

    @Override
    public Optional<Objection> objection(MirrorResponse mirrorResponse, ContentHead promised) {
        offered = new Validators(mirrorResponse.lastModified().filter(this::isPlausible), mirrorResponse.etag());
        staleFor = mirrorResponse.staleFor();
        return promised.isLengthKnown() && promised.lengthBytes() > bytesAtMost()
                ? Optional.of(new Objection(
                        MirrorFailure.WRONG_CONTENT,
                        "sent a file of " + promised.lengthBytes() + " bytes, far too long for a database"))
                : Optional.empty();
    }

    @Override
    public long bytesAtMost() {
        return path.kind() == FileKind.TIMESTAMP ? TIMESTAMP_BYTES_AT_MOST : DATABASE_BYTES_AT_MOST;
    }

    /** The reader has reached the verified end; a time stamp is a single line. */
    @Override
    public boolean isEndProven() {
        return sameAsKnown || contents.isPresent() || path.kind() == FileKind.TIMESTAMP;
    }

    private boolean isPlausible(Instant time) {
        Instant now = context.wallClock().instant();
        return now.isBefore(CLOCKS_ARE_SET_AFTER) || time.isBefore(now.plus(CLOCKS_DIFFER_AT_MOST));
    }

    /**
     * pacman makes conditional requests with the time of its copy, so a newer generation must always have a later one.
     */
    @Override
    public ContentHead told(ContentHead promised) {
        Instant time = isPlausible(promised.lastModified())
                ? promised.lastModified()
                : context.wallClock().instant().truncatedTo(ChronoUnit.SECONDS);
        Optional<Instant> told = snapshot.note().map(note -> note.head().lastModified());
        if (told.isPresent() && !time.isAfter(told.get())) {
            time = told.get().plusSeconds(1);
        }
        return new ContentHead(promised.lengthBytes(), time);
    }

    @Override
    public HoldBack holdBack(long length) {
        return snapshot.floor().isPresent() && !isLaterByTime() ? UNTIL_IT_IS_JUDGED : HoldBack.A_MOMENT;
    }

    @Override
    public boolean isNeededWhole() {
        return true;
    }

    @Override
    public boolean needsDigest() {
        return true;
    }

    // Verification of the file.

    @Override
    public boolean readsDatabase(Step step) {
        return step == Step.PROOF && path.kind() == FileKind.DATABASE;
    }

    @Override
    public Optional<String> complaint(PartFile part, ContentHead head, String newSha256) throws IOException {
        sha256 = newSha256;
        lengthBytes = head.lengthBytes();
        // The packages of another mirror's file are not those of this one.
        contents = Optional.empty();
        sameAsKnown = snapshot.isKnown(sha256);
        if (sameAsKnown) {
            return Optional.empty();
        }
        if (path.kind() != FileKind.DATABASE) {
            return Beginning.complaint(path, part, head.lengthBytes());
        }
        try {
            contents = Optional.of(context.databaseReading().read(part.open(head.lengthBytes())));
        } catch (NotADatabaseException e) {
            return Optional.of("sent a file that is no database: " + e.getMessage());
        } catch (UnreadableCompressionException e) {
            context.lines()
                    .log(
                            LOG,
                            Level.WARNING,
                            UNPROVEN,
                            "Databases",
                            () -> path + ": cannot be proven, and its packages are not verified: " + e.getMessage());
        }
        return Optional.empty();
    }

    @Override
    public CompletionStage<Companion> companion(Mirror mirror, PartFile part) {
        doubt = (sameAsKnown ? doubtOfUnchanged(mirror) : doubtOfNewer(mirror));
        if (doubt.isPresent()) {
            return CompletableFuture.completedFuture(missing(doubt.get()));
        }
        if (sameAsKnown) {
            return CompletableFuture.completedFuture(new Companion.Unchanged());
        }
        signature = Optional.empty();
        signatureFailure = Optional.empty();
        if (path.kind() != FileKind.DATABASE) {
            return CompletableFuture.completedFuture(new Companion.Ready());
        }
        return SignatureRequest.send(context, mirror, path.signature())
                .thenApplyAsync(answer -> judge(mirror, answer, part), context.storage());
    }

    private Companion judge(Mirror mirror, SignatureRequest.Answer answer, PartFile part) {
        if (answer instanceof SignatureRequest.Answer.Found found) {
            if (!mayBelongTogether(found.signature().bytes(), part)) {
                return new Companion.Mismatched("has a signature that belongs to another state of the database");
            }
            signature = Optional.of(found.signature());
            return new Companion.Ready();
        }
        if (answer instanceof SignatureRequest.Answer.Failed failed) {
            signatureFailure = Optional.of(failed.toClients(mirror, path));
        }
        Optional<Doubt> unsigned = Optional.empty();
        if (snapshot.isSigned()) {
            // Mirrors get the files one after another. If all of them lack the signature, that is believed the second
            // time.
            unsigned = doubt(mirror, Kind.UNSIGNED, "has no signature for the database, which was signed so far");
        } else if (answer instanceof SignatureRequest.Answer.Failed failed) {
            unsigned = doubt(mirror, Kind.SIGNATURE_UNKNOWN, failed.failure(), failed.why());
        }
        return unsigned.<Companion>map(this::missing).orElseGet(Companion.Ready::new);
    }

    /** A signature of an unknown format is left for pacman to judge. */
    private boolean mayBelongTogether(byte[] bytes, PartFile part) {
        try {
            Optional<SignaturePacket> packet = SignaturePacket.parse(bytes);
            return packet.isEmpty() || packet.get().mayBelongTo(part.open(lengthBytes));
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": could not be compared with its signature", e);
            return true;
        }
    }

    // Doubts.

    private Optional<Doubt> doubtOfUnchanged(Mirror mirror) {
        return stale(mirror)
                .or(() -> snapshot.clientCopy()
                        .flatMap(copy -> doubt(
                                mirror, Kind.BEHIND_CLIENT, "has nothing newer, but a client has a copy of " + copy)))
                .or(() -> snapshot.note()
                        .filter(note -> !note.proven())
                        .flatMap(note -> doubt(mirror, Kind.UNPROVEN, "has a database that cannot be unpacked")));
    }

    private Optional<Doubt> doubtOfNewer(Mirror mirror) {
        return stale(mirror).or(() -> unproven(mirror)).or(() -> older(mirror));
    }

    private Optional<Doubt> stale(Mirror mirror) {
        return staleFor.flatMap(age -> doubt(
                mirror,
                Kind.STALE,
                "could not ask its own mirror, and answers with a state of " + age.toSeconds() + " s ago"));
    }

    private Optional<Doubt> unproven(Mirror mirror) {
        if (path.kind() != FileKind.DATABASE || contents.isPresent()) {
            return Optional.empty();
        }
        boolean before = snapshot.floor().filter(GenerationNote::proven).isPresent();
        return doubt(
                mirror,
                before ? Kind.UNPROVEN_AFTER_PROVEN : Kind.UNPROVEN,
                before ? MirrorFailure.WRONG_CONTENT : MirrorFailure.OUTDATED,
                "sent a database that cannot be unpacked" + (before ? ", unlike the one that is known" : ""));
    }

    private Optional<Doubt> older(Mirror mirror) {
        Optional<GenerationNote> floor = snapshot.floor();
        if (floor.isEmpty() || (contents.isPresent() && !floor.get().proven())) {
            return Optional.empty();
        }
        DatabaseAge age = contents.flatMap(offering ->
                        snapshot.contents(context.databaseReading()).map(known -> DatabaseAge.of(offering, known)))
                .orElse(DatabaseAge.UNDECIDED);
        String state =
                offered.lastModified().map(time -> "the state of " + time).orElse("a state without a time");
        return switch (age) {
            case NEWER -> Optional.empty();
            case OLDER ->
                doubt(mirror, Kind.OLDER_BY_CONTENTS, "has " + state + ", which lists older packages than are known");
            case LESS ->
                doubt(
                        mirror,
                        isLaterByTime() && offered.lastModified().isPresent()
                                ? Kind.LESS_THAN_KNOWN
                                : Kind.OLDER_BY_CONTENTS,
                        "has " + state + ", which lacks packages that are known");
            case UNDECIDED ->
                isLaterByTime()
                        ? Optional.empty()
                        : doubt(
                                mirror,
                                Kind.OLDER_BY_TIME,
                                "has " + state + ", older than that of "
                                        + floor.get().upstreamModified().orElseThrow() + " which is known already");
        };
    }

    /** Whether the mirror's time is not before that of the known state. */
    private boolean isLaterByTime() {
        Optional<Instant> known = snapshot.floor().flatMap(GenerationNote::upstreamModified);
        return known.isEmpty()
                || offered.lastModified()
                        .map(time -> !time.isBefore(known.get()))
                        .orElse(true);
    }

    private Optional<Doubt> doubt(Mirror mirror, Kind kind, String why) {
        return doubt(mirror, kind, MirrorFailure.OUTDATED, why);
    }

    private Optional<Doubt> doubt(Mirror mirror, Kind kind, MirrorFailure failure, String why) {
        Doubt doubted = new Doubt(mirror, kind, failure, sha256, isLaterByTime(), why);
        if (snapshot.belief().covers(doubted)) {
            return Optional.empty();
        }
        synchronized (this) {
            doubts.add(doubted);
        }
        return Optional.of(doubted);
    }

    private Companion missing(Doubt doubted) {
        return new Companion.Missing(doubted.objection());
    }

    // The end of the check.

    @Override
    public void unchanged(Mirror mirror) {
        outcome.complete(new Confirmed(
                mirror, sameAsKnown ? Optional.of(offered) : Optional.empty(), Optional.empty(), staleFor));
    }

    @Override
    public boolean publish(Mirror mirror, PartFile part, ContentHead head) {
        boolean proven = contents.isPresent() || path.kind() != FileKind.DATABASE;
        GenerationNote note =
                new GenerationNote(head, offered.lastModified(), sha256, signature, mirror.fingerprint(), proven);
        Generation next = store.store(part, note, staleFor.orElse(Duration.ZERO));
        if (snapshot.belief().kinds().contains(Kind.OLDER_BY_CONTENTS)) {
            LOG.log(
                    Level.WARNING,
                    "{0}: rolled back to an older state, which the mirrors confirm; it is what {1} has now",
                    new Object[] {path, mirror});
        }
        outcome.complete(new Newer(mirror, next, offered, contents, signatureFailure, staleFor));
        return next.isStored();
    }
}
