package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.repository.FirstBytes;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A file of which nothing is known but its name and the length that its mirror announces. */
final class PlainPolicy extends KeptPolicy {
    private final LongConsumer whenCached;

    /**
     * For one download.
     *
     * @param whenCached told the size of the file once it is in the cache
     */
    PlainPolicy(RepositoryPath path, Confirmations confirmations, Optional<CacheEntry> known, LongConsumer whenCached) {
        super(path, confirmations, known);
        this.whenCached = whenCached;
    }

    @Override
    public HoldBack holdBack(long lengthBytes) {
        return FirstBytes.known(path) ? HoldBack.LAST_BYTE : HoldBack.NOTHING;
    }

    @Override
    public Optional<String> complaint(PartFile part, ContentHead head, String sha256) throws IOException {
        return Beginning.complaint(path, part, head.lengthBytes());
    }

    @Override
    void published(CacheEntry entry) {
        whenCached.accept(entry.head().lengthBytes());
    }
}
