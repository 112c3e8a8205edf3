package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.BytesContent;
import flexo.cache.CacheEntry;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.repository.FirstBytes;
import flexo.repository.SignaturePacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The rules for the detached signature of anything except a database: it must be a signature, and not that of another
 * build of its package.
 */
final class SignaturePolicy extends KeptPolicy {
    /** libalpm's limit. */
    static final int BYTES_AT_MOST = 16 << 10;

    private static final Logger LOG = Logger.getLogger(SignaturePolicy.class.getName());

    private final PackageSignatures signatures;
    private final Executor reading;
    private volatile boolean endProven;

    /** Null until it is complete. */
    private ContentHead head;
    /** A mirror's file that is not stored. */
    private volatile Optional<Content> rejected = Optional.empty();

    /**
     * The rules for one download.
     *
     * @param signatures compares it with its package
     * @param reading reads the package
     */
    SignaturePolicy(
            RepositoryPath path,
            Confirmations confirmations,
            Optional<CacheEntry> known,
            PackageSignatures signatures,
            Executor reading) {
        super(path, confirmations, known);
        this.signatures = signatures;
        this.reading = reading;
    }

    @Override
    public Optional<Objection> objection(MirrorResponse mirrorResponse, ContentHead promised) {
        return promised.isLengthKnown() && promised.lengthBytes() > BYTES_AT_MOST
                ? Optional.of(new Objection(
                        MirrorFailure.WRONG_CONTENT,
                        "sent " + promised.lengthBytes() + " bytes, which is too long for a signature"))
                : super.objection(mirrorResponse, promised);
    }

    @Override
    public long bytesAtMost() {
        return BYTES_AT_MOST;
    }

    @Override
    public boolean isEndProven() {
        return endProven;
    }

    @Override
    public HoldBack holdBack(long lengthBytes) {
        return HoldBack.A_MOMENT;
    }

    @Override
    public Optional<String> complaint(PartFile part, ContentHead whole, String sha256) throws IOException {
        head = whole;
        byte[] bytes = Beginning.of(part, head.lengthBytes(), BYTES_AT_MOST);
        endProven = SignaturePacket.isSignature(bytes);
        return !endProven && FirstBytes.isText(bytes, true)
                ? Optional.of("sent a text instead of a signature")
                : Optional.empty();
    }

    @Override
    public CompletionStage<Companion> companion(Mirror mirror, PartFile part) {
        return CompletableFuture.supplyAsync(() -> judge(mirror, part), reading);
    }

    private Companion judge(Mirror mirror, PartFile part) {
        byte[] bytes;
        try {
            bytes = Beginning.of(part, head.lengthBytes(), BYTES_AT_MOST);
            if (signatures.judge(path, bytes) != PackageSignatures.Match.FOREIGN) {
                return new Companion.Ready();
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.WARNING, path + ": could not be compared with its package", e);
            return new Companion.Ready();
        }
        rejected = Optional.of(new BytesContent(bytes, head.lastModified(), mirror + ", not kept"));
        return new Companion.Missing(new Objection(
                MirrorFailure.OUTDATED, "has something else than the signature of the package that is here"));
    }

    /**
     * The file of the last mirror that was asked: no signature of the package, but if no mirror has a better one, the
     * client should see it; empty if there is none.
     */
    Optional<Content> rejected() {
        return rejected;
    }

    @Override
    void published(CacheEntry entry) {
        // Signatures are counted with the signed file.
    }
}
