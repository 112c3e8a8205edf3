package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file for one reader, which counts as one of the {@link OpenFiles} until it is closed; a reader that is left behind by
 * a download goes on with a {@link Continuations continuation} without noticing.
 *
 * <p>One thread at a time reads it.
 */
final class OpenContent implements Content {
    private volatile Content content;
    private final ContentHead head;
    private final RepositoryPath path;
    private final OpenFiles openFiles;
    private final Continuations continuations;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Of a file whose use has begun. */
    OpenContent(Content content, RepositoryPath path, OpenFiles openFiles, Continuations continuations) {
        this.content = content;
        this.head = content.head();
        this.continuations = continuations;
        this.path = path;
        this.openFiles = openFiles;
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
            return content.read(position, target, onMore);
        } catch (LeftBehindException e) {
            Content former = content;
            content = continuations.goOn(path, head, e);
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
            openFiles.end(path);
        }
    }
}
