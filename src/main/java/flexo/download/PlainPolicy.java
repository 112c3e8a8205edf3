package flexo.download;

import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.mirror.Mirror;
import java.io.IOException;
import java.util.function.LongConsumer;

/** A file of which nothing is known but the length that its mirror announces. */
final class PlainPolicy implements FilePolicy {
    private final LongConsumer whenCached;

    /**
     * For one download.
     *
     * @param whenCached told the size of the file once it is in the cache
     */
    PlainPolicy(LongConsumer whenCached) {
        this.whenCached = whenCached;
    }

    @Override
    public boolean publish(Mirror mirror, PartFile part, ContentHead head) throws IOException {
        var unused = part.publish(head);
        whenCached.accept(head.lengthBytes());
        return true;
    }
}
