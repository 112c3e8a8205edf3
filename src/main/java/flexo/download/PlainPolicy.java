package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.mirror.Mirror;
import flexo.repository.FirstBytes;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A file of which nothing is known but its name and the length that its mirror announces. */
final class PlainPolicy implements FilePolicy {
    private final RepositoryPath path;
    private final LongConsumer whenCached;

    /**
     * For one download.
     *
     * @param whenCached told the size of the file once it is in the cache
     */
    PlainPolicy(RepositoryPath path, LongConsumer whenCached) {
        this.path = path;
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
    public boolean publish(Mirror mirror, PartFile part, ContentHead head) throws IOException {
        var unused = part.publish(head);
        whenCached.accept(head.lengthBytes());
        return true;
    }
}
