package flexo.mirror;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A small file that is remembered from one start to the next. Whoever reads it sees a whole version of it, also after a
 * crash in the middle of a write. Writes come from one thread at a time.
 */
public final class StateFile {

    /** Far above what hundreds of mirrors take; whatever is larger is not a file of ours. */
    private static final long MAX_BYTES = 16L << 20;

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
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new IOException(path + " is too large to be a file that Flexo wrote");
            }
            return Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Replaces the content.
     *
     * @throws IOException if it cannot be written; the former content is still there then
     */
    public void write(String text) throws IOException {
        Files.createDirectories(path.getParent());
        Path next = path.resolveSibling("." + path.getFileName() + ".new");
        try {
            try (FileChannel channel = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                // Before the move, or a power cut could leave the new name on an empty file.
                channel.force(true);
            }
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(next);
            throw e;
        }
    }

    /** The path of the file, for messages. */
    @Override
    public String toString() {
        return path.toString();
    }
}
