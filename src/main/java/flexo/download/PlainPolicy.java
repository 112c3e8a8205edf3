package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.repository.FirstBytes;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;

/** The rules for a file of which only the name and the announced length are known. */
final class PlainPolicy extends KeptPolicy {
    private final LongConsumer whenCached;

    /**
     * The rules for one download.
     *
     * @param whenCached receives the size of the file once it is in the cache
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
