package flexo.download;

import flexo.cache.Content;
import flexo.cache.ContentHead;
import flexo.cache.OpenFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file for one reader, which is one of the {@link OpenFiles} until it is closed; where the file is not kept, its
 * reader goes on with a {@link Continuations continuation} without noticing.
 *
 * <p>One thread at a time reads it.
 */
final class OpenContent implements Content {
    private volatile Content content;
    private final ContentHead head;
    private final OpenFiles.Use use;
    private final Continuations continuations;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Of a file whose use has begun; it ends with this. */
    OpenContent(Content content, OpenFiles.Use use, Continuations continuations) {
        this.content = content;
        this.head = content.head();
        this.use = use;
        this.continuations = continuations;
    }

    @Override
    public ContentHead head() {
        return head;
    }

    @Override
    public Optional<Path> wholeFile() {
        return content.wholeFile();
    }

    @Override
    public String source() {
        return content.source();
    }

    @Override
    public int read(long position, ByteBuffer target, Runnable onMore) throws IOException {
        try {
            int count = content.read(position, target, onMore);
            // Whatever was to be opened is open now.
            use.settle();
            return count;
        } catch (NotKeptException e) {
            Content former = content;
            content = continuations.goOn(use.path(), head, e.rest(), position);
            former.forget(onMore);
            former.close();
            return content.read(position, target, onMore);
        }
    }

    @Override
    public void forget(Runnable onMore) {
        content.forget(onMore);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            content.close();
            use.end();
        }
    }
}
