package flexo.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes a small file and flushes it to disk, so that after a rename the new name holds all of it or nothing. */
final class FlushedFile {
    private FlushedFile() {}

    /** Replaces the file; a symbolic link is replaced rather than followed. */
    static void write(Path file, byte[] bytes) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                int unused = channel.write(rest);
            }
            channel.force(true);
        }
    }
}
