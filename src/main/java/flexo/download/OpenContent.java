package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A cached file that counts as one of the {@link OpenFiles} until it is closed. */
final class OpenContent implements Content {
    private final Content content;
    private final RepositoryPath path;
    private final OpenFiles openFiles;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Of a file whose use has begun. */
    OpenContent(Content content, RepositoryPath path, OpenFiles openFiles) {
        this.content = content;
        this.path = path;
        this.openFiles = openFiles;
    }

    @Override
    public ContentHead head() {
        return content.head();
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
        return content.read(position, target, onMore);
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
