package flexo.download;

import flexo.cache.PartFile;
import java.io.IOException;

/** Tells a reader that the bytes it needs next are gone from memory, and from where it can go on elsewhere. */
final class LeftBehindException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient PartFile.Mark mark;

    LeftBehindException(PartFile.Mark mark) {
        super("the download of the file went on without this reader, at byte " + mark.position());
        this.mark = mark;
    }

    /** From where it can go on; at most where it is. */
    PartFile.Mark mark() {
        return mark;
    }

    /** It is not a failure, and happens often. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
