package flexo.database;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.GenerationNote.Signature;
import flexo.cache.PartFile;
import flexo.cache.Validators;
import flexo.download.Beginning;
import flexo.download.DownloadContext;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One check of a database file: it must not be older than the one that is known, must prove to be a database, and comes
 * with the signature of the same mirror and moment.
 */
final class DatabasePolicy implements FilePolicy {
    private static final Logger LOG = Logger.getLogger(DatabasePolicy.class.getName());
    private static final RepeatedLines.Kind UNPROVEN = new RepeatedLines.Kind("states that cannot be proven", 20, 20);
    /** A mirror's clock may be wrong, but a time far ahead would make everything after it look old. */
    private static final Duration CLOCKS_DIFFER_AT_MOST = Duration.ofDays(1);

    /** This was written then, so a clock that shows an earlier time has not been set yet, and proves nothing. */
    private static final Instant CLOCKS_ARE_SET_AFTER = Instant.parse("2025-01-01T00:00:00Z");

    private static final long TIMESTAMP_BYTES_AT_MOST = 64 * 1024;
    /** The largest file list of Arch has some fifty MiB. */
    private static final long DATABASE_BYTES_AT_MOST = 512L << 20;

    private final DownloadContext context;
    private final RepositoryPath path;
    private final DatabaseFile file;
    /** The generation that is known when the check begins; null if there is none. */
    private final Generation known;

    /** What the mirror says of the state it sends; set with its head. */
    private volatile Validators offered = new Validators(Optional.empty(), "");

    private boolean sameAsKnown;
    private long lengthBytes;
    private String sha256 = "";
    /** Empty until it is proven, and for files that hold no packages. */
    private Optional<RepositoryDatabase> contents = Optional.empty();

    private volatile Optional<Signature> signature = Optional.empty();

    DatabasePolicy(DownloadContext context, RepositoryPath path, DatabaseFile file, Generation known) {
        this.context = context;
        this.path = path;
        this.file = file;
        this.known = known;
    }

    @Override
    public Optional<Validators> validators(Mirror mirror) {
        return known == null ? Optional.empty() : file.validators(mirror).filter(Validators::any);
    }

    @Override
    public boolean isListed() {
        return known != null;
    }

    @Override
    public boolean isDispensable() {
        return known != null;
    }

    @Override
    public void unchanged(Mirror mirror) {
        file.unchanged(mirror, sameAsKnown ? Optional.of(offered) : Optional.empty());
    }

    @Override
    public Optional<Objection> objection(MirrorResponse mirrorResponse, ContentHead promised) {
        Optional<Instant> modified = mirrorResponse.lastModified().filter(this::isPlausible);
        offered = new Validators(modified, mirrorResponse.etag());
        long bytesAtMost = path.kind() == FileKind.TIMESTAMP ? TIMESTAMP_BYTES_AT_MOST : DATABASE_BYTES_AT_MOST;
        if (promised.lengthBytes() > bytesAtMost) {
            return Optional.of(new Objection(
                    MirrorFailure.WRONG_CONTENT,
                    "sent a file of " + promised.lengthBytes() + " bytes, far too long for a database"));
        }
        Optional<Instant> newest =
                known == null ? Optional.empty() : known.note().upstreamModified();
        if (modified.isPresent() && newest.isPresent() && modified.get().isBefore(newest.get())) {
            return Optional.of(new Objection(
                    MirrorFailure.OUTDATED,
                    "has the state of " + modified.get() + ", older than that of " + newest.get()
                            + " which is known already"));
        }
        return Optional.empty();
    }

    private boolean isPlausible(Instant time) {
        Instant now = context.wallClock().instant();
        return now.isBefore(CLOCKS_ARE_SET_AFTER) || time.isBefore(now.plus(CLOCKS_DIFFER_AT_MOST));
    }

    /** pacman asks with the time of its copy, so a newer generation always has a later one. */
    @Override
    public ContentHead told(ContentHead promised) {
        Instant time = isPlausible(promised.lastModified())
                ? promised.lastModified()
                : context.wallClock().instant().truncatedTo(ChronoUnit.SECONDS);
        if (known != null && !time.isAfter(known.note().head().lastModified())) {
            time = known.note().head().lastModified().plusSeconds(1);
        }
        return new ContentHead(promised.lengthBytes(), time);
    }

    @Override
    public HoldBack holdBack(long lengthBytes) {
        return HoldBack.A_MOMENT;
    }

    @Override
    public boolean isNeededWhole() {
        return true;
    }

    @Override
    public boolean needsDigest() {
        return true;
    }

    @Override
    public boolean readsDatabase(Step step) {
        return step == Step.PROOF && path.kind() == FileKind.DATABASE;
    }

    @Override
    public Optional<String> complaint(PartFile part, ContentHead head, String newSha256) throws IOException {
        sha256 = newSha256;
        lengthBytes = head.lengthBytes();
        // What another mirror sent before is not what this one lists.
        contents = Optional.empty();
        sameAsKnown = known != null && known.note().sha256().equals(sha256);
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
        if (sameAsKnown) {
            signature = known.note().signature();
            return CompletableFuture.completedFuture(new Companion.Unchanged());
        }
        if (path.kind() != FileKind.DATABASE) {
            return CompletableFuture.completedFuture(new Companion.Ready());
        }
        if (looksOlderThanKnown()) {
            return CompletableFuture.completedFuture(new Companion.Missing(new Objection(
                    MirrorFailure.OUTDATED,
                    "tells no time for its database, which lists nothing as new as the one that is known already")));
        }
        return SignatureRequest.send(context, mirror, path.signature())
                .thenApplyAsync(answer -> judge(answer, part), context.storage());
    }

    /**
     * Where mirrors tell the time, one that does not could take clients back. Then the times count at which packages were
     * built: they are worth less, since the latest package may be taken out of a repository.
     */
    private boolean looksOlderThanKnown() {
        if (known == null
                || known.note().upstreamModified().isEmpty()
                || offered.lastModified().isPresent()) {
            return false;
        }
        Optional<Instant> newest = contents.flatMap(RepositoryDatabase::newestBuild);
        Optional<Instant> newestKnown = file.contents().flatMap(RepositoryDatabase::newestBuild);
        return newest.isPresent() && newestKnown.isPresent() && newest.get().isBefore(newestKnown.get());
    }

    private Companion judge(SignatureRequest.Answer answer, PartFile part) {
        if (answer instanceof SignatureRequest.Answer.Failed failed) {
            return new Companion.Missing(new Objection(failed.failure(), failed.why()));
        }
        if (answer instanceof SignatureRequest.Answer.Found found) {
            if (!mayBelongTogether(found.signature().bytes(), part)) {
                return new Companion.Mismatched("has a signature that belongs to another state of the database");
            }
            signature = Optional.of(found.signature());
        } else if (known != null && known.note().signature().isPresent() && !file.mayLoseItsSignature()) {
            // Mirrors get the files one after another. That all of them lack it is believed the second time.
            file.lostItsSignature();
            return new Companion.Missing(new Objection(
                    MirrorFailure.OUTDATED, "has no signature for the database, which was signed so far"));
        }
        return new Companion.Ready();
    }

    /** What is no signature that we understand is for pacman to judge. */
    private boolean mayBelongTogether(byte[] bytes, PartFile part) {
        try {
            Optional<SignaturePacket> packet = SignaturePacket.parse(bytes);
            return packet.isEmpty() || packet.get().mayBelongTo(part.open(lengthBytes));
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": could not be compared with its signature", e);
            return true;
        }
    }

    @Override
    public boolean publish(Mirror mirror, PartFile part, ContentHead head) {
        GenerationNote note = new GenerationNote(head, offered.lastModified(), sha256, signature);
        return file.publish(mirror, part, note, offered, contents);
    }
}
