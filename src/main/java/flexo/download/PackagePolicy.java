package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.cache.VerifiedFiles;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.repository.WebPage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The rules for a package file: it must match its repository's database, and comes with its signature.
 *
 * <p>pacman asks no other server for the signature of a package that we delivered, so we must have it before the
 * package looks complete to any client.
 */
final class PackagePolicy extends KeptPolicy {
    /** From here on files are handed on from their first byte, and may come from several mirrors at once. */
    private static final long LARGE_BYTES = 16 << 20;
    /**
     * A signature that takes longer, because several mirrors lack it or are dead, is not worth a stall at the end of
     * the package: its download goes on, and the client joins it.
     */
    private static final Duration SIGNATURE_WAIT = Duration.ofMillis(1500);

    private final ExpectedFiles expectedFiles;
    private final Signing signing;
    private final PackageSignatures signatures;
    private final VerifiedFiles verified;
    private final ScheduledExecutorService timer;
    private final LongConsumer whenCached;

    /** Handles the signature of a package. */
    interface Signing {
        /** Fetches it into the cache, preferably from this mirror; completed when it is there or will not be. */
        CompletionStage<Void> fetch(RepositoryPath signature, Mirror preferred);

        /** Compares it with the package, and fetches another if it does not match. */
        CompletionStage<Void> prove(RepositoryPath signature, Mirror preferred);
    }

    /** Set before any mirror is asked. */
    private volatile ExpectedFile expected = ExpectedFile.UNKNOWN;
    /** Null until it is complete. */
    private ContentHead whole;
    /** Null until the first bytes have arrived. */
    private CompletionStage<Void> signature;

    /**
     * The rules for one download.
     *
     * @param signing handles the signature
     * @param signatures receives the package for comparison with the signature
     * @param verified records files that match their database
     */
    PackagePolicy(
            RepositoryPath path,
            Confirmations confirmations,
            Optional<CacheEntry> known,
            ExpectedFiles expectedFiles,
            Signing signing,
            PackageSignatures signatures,
            VerifiedFiles verified,
            ScheduledExecutorService timer,
            LongConsumer whenCached) {
        super(path, confirmations, known);
        this.expectedFiles = expectedFiles;
        this.signing = signing;
        this.signatures = signatures;
        this.verified = verified;
        this.timer = timer;
        this.whenCached = whenCached;
    }

    @Override
    public boolean readsDatabase(Step step) {
        return step == Step.PREPARATION && expectedFiles.known(path).isEmpty();
    }

    @Override
    public void prepare() {
        expected = expectedFiles.learned(path);
    }

    @Override
    public boolean isListed() {
        return !expected.equals(ExpectedFile.UNKNOWN) || super.isListed();
    }

    @Override
    public Optional<Objection> objection(MirrorResponse mirrorResponse, ContentHead promised) {
        return expected.sizeBytes().isPresent() && expected.sizeBytes().getAsLong() != promised.lengthBytes()
                ? Optional.of(new Objection(
                        MirrorFailure.WRONG_LENGTH,
                        "has " + promised.lengthBytes() + " bytes, the database says "
                                + expected.sizeBytes().getAsLong()))
                : super.objection(mirrorResponse, promised);
    }

    /** The database's SHA-256 is a stronger check than the first bytes. */
    @Override
    public Optional<Objection> objection(RepositoryPath file, byte[] start, long lengthBytes) {
        return expected.sha256().isPresent() && !WebPage.startsIn(start)
                ? Optional.empty()
                : Beginning.objection(file, start, lengthBytes);
    }

    @Override
    public OptionalLong expectedLength() {
        return expected.sizeBytes();
    }

    @Override
    public HoldBack holdBack(long lengthBytes) {
        return expected.sha256().isPresent() && lengthBytes < LARGE_BYTES ? HoldBack.A_MOMENT : HoldBack.LAST_BYTE;
    }

    @Override
    public boolean mayComeFromSeveral() {
        return expected.sha256().isPresent() && expected.sizeBytes().orElse(0) >= LARGE_BYTES;
    }

    @Override
    public boolean needsDigest() {
        return expected.sha256().isPresent();
    }

    @Override
    public synchronized void arriving(Mirror mirror) {
        if (signature == null) {
            signatures.arriving(path);
            signature = signing.fetch(path.signature(), mirror);
        }
    }

    @Override
    public Optional<String> complaint(PartFile part, ContentHead head, String sha256) throws IOException {
        whole = head;
        if (expected.sha256().isEmpty()) {
            return Beginning.complaint(path, part, head.lengthBytes());
        }
        return expected.sha256()
                .filter(demanded -> !demanded.equals(sha256))
                .map(demanded -> "sent other bytes than the database demands (SHA-256 " + sha256 + " instead of "
                        + demanded + ")");
    }

    @Override
    public synchronized CompletionStage<Companion> companion(Mirror mirror, PartFile part) {
        arriving(mirror);
        CompletableFuture<Companion> companion = new CompletableFuture<>();
        Runnable ready = () -> companion.complete(new Companion.Ready());
        signatures.arrived(path, part, whole);
        var settled = signature
                .thenCompose(there -> signing.prove(path.signature(), mirror))
                .whenComplete((there, failure) -> ready.run());
        if (settled.toCompletableFuture().isDone()) {
            return companion;
        }
        ScheduledFuture<?> patience = timer.schedule(ready, SIGNATURE_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        return companion.whenComplete((there, failure) -> patience.cancel(false));
    }

    @Override
    void published(CacheEntry entry) {
        expected.sha256().ifPresent(sha256 -> verified.add(path, entry.head(), sha256));
        whenCached.accept(entry.head().lengthBytes());
    }
}
