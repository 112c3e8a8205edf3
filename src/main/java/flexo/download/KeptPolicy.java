package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import java.io.IOException;
import java.util.Optional;

/** The common rules of cached files: mutable ones are fetched only if they have changed. */
abstract class KeptPolicy implements FilePolicy {
    private static final int PARTIAL_CONTENT = 206;

    /** The file. */
    protected final RepositoryPath path;

    private final Confirmations confirmations;
    private final Optional<CacheEntry> known;
    private volatile String etag = "";
    /** The head of the bytes so far; null before the first. */
    private volatile ContentHead begun;

    private volatile boolean unchanged;

    /**
     * The rules for one download.
     *
     * @param known the cached file to revalidate; empty if there is none, or it is immutable
     */
    KeptPolicy(RepositoryPath path, Confirmations confirmations, Optional<CacheEntry> known) {
        this.path = path;
        this.confirmations = confirmations;
        this.known = known;
    }

    @Override
    public Optional<Validators> validators(Mirror mirror) {
        return known.map(entry -> confirmations.validators(path, entry, mirror));
    }

    @Override
    public boolean isListed() {
        return known.isPresent();
    }

    @Override
    public boolean isDispensable() {
        return known.isPresent();
    }

    @Override
    public void unchanged(Mirror mirror) {
        unchanged = true;
        confirmations.confirmed(path, known.orElseThrow().head(), mirror, "");
    }

    /** Whether a mirror has confirmed the cached file. */
    boolean isUnchanged() {
        return unchanged;
    }

    @Override
    public Optional<Objection> objection(MirrorResponse mirrorResponse, ContentHead promised) {
        etag = mirrorResponse.etag();
        if (mirrorResponse.status() == PARTIAL_CONTENT
                && begun != null
                && !begun.equals(promised)
                && !Confirmations.neverChanges(path)) {
            return Optional.of(new Objection(MirrorFailure.WRONG_LENGTH, "has another state of the file"));
        }
        boolean older = known.isPresent()
                && mirrorResponse.lastModified().isPresent()
                && promised.lastModified().isBefore(known.get().head().lastModified());
        return older && !confirmations.isRolledBack(path, known.get().head())
                ? Optional.of(new Objection(
                        MirrorFailure.OUTDATED,
                        "has the file of " + promised.lastModified() + ", older than the one that is here"))
                : Optional.empty();
    }

    @Override
    public ContentHead told(ContentHead promised) {
        begun = promised;
        return promised;
    }

    @Override
    public boolean publish(Mirror mirror, PartFile part, ContentHead head) throws IOException {
        CacheEntry entry = part.publish(head);
        if (!Confirmations.neverChanges(path)) {
            confirmations.confirmed(path, head, mirror, etag);
        }
        published(entry);
        return true;
    }

    /** Notes that the file is in the cache. */
    abstract void published(CacheEntry entry);
}
