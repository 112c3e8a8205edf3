package flexo.mirror;

import flexo.cache.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A small file that is remembered from one start to the next. Whoever reads it sees a whole version of it, also after a
 * crash in the middle of a write. Writes come from one thread at a time.
 */
public final class StateFile {

    /** Far above what hundreds of mirrors take; whatever is larger is not a file of ours. */
    private static final int MOST_BYTES = 16 << 20;

    private final Path path;

    /** The file at a path; neither it nor its directory has to exist yet. */
    public StateFile(Path path) {
        this.path = path.toAbsolutePath();
    }

    /**
     * What was written last; empty if nothing ever was.
     *
     * @throws IOException if it cannot be read, or is no file of ours
     */
    public Optional<byte[]> read() throws IOException {
        return SmallFile.read(path, MOST_BYTES);
    }

    /**
     * Replaces the content.
     *
     * @throws IOException if it cannot be written; the former content is still there then
     */
    public void write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        SmallFile.replace(path, out -> out.write(bytes));
    }

    /** The path of the file, for messages. */
    @Override
    public String toString() {
        return path.toString();
    }
}
