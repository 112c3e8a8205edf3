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
 * A file for one reader, tracked by {@link OpenFiles} until it is closed; if the file cannot be cached, it switches to
 * a {@link Continuations continuation} without the reader noticing.
 *
 * <p>One thread at a time reads it.
 */
final class OpenContent implements Content {
    private volatile Content content;
    private final ContentHead head;
    private final OpenFiles.Use use;
    private final Continuations continuations;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** A file whose use has begun; the use ends with this. */
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
            // All files to be opened are open now.
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
