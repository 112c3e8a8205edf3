package flexo.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Files in which we note something. Others can put into their places what they like: a pipe, on which a reader waits for
 * ever, a device without end, or more than fits into memory; and several instances may write them at the same time.
 */
public final class SmallFile {
    private SmallFile() {}

    /**
     * Reads a whole file.
     *
     * @param mostBytes far above what we write into it
     * @return empty if it is not there
     * @throws IOException if it cannot be read, is larger, or is something else than a file
     */
    public static Optional<byte[]> read(Path path, int mostBytes) throws IOException {
        try {
            check(path, mostBytes);
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                // It may have grown since.
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), mostBytes));
                while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
                byte[] read = new byte[bytes.flip().remaining()];
                bytes.get(read);
                return Optional.of(read);
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads a whole file as text.
     *
     * @return empty if it is not there
     * @throws IOException as {@link #read} does, and if it is not UTF-8
     */
    public static Optional<String> readText(Path path, int mostBytes) throws IOException {
        Optional<byte[]> bytes = read(path, mostBytes);
        return bytes.isEmpty()
                ? Optional.empty()
                : Optional.of(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes.get()))
                        .toString());
    }

    /**
     * Makes sure that a file may be read.
     *
     * @throws IOException if it is larger, or is something else than a file
     */
    public static void check(Path path, long mostBytes) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(path.toString(), null, "it is no file");
        }
        if (attributes.size() > mostBytes) {
            throw new FileSystemException(path.toString(), null, "it is too large");
        }
    }

    /**
     * Replaces a whole file, or leaves it as it was, whatever a full disk or a crash does; its directory is made if need be.
     *
     * @throws IOException if it cannot be written
     */
    public static void replace(Path path, NoteFile.Note note) throws IOException {
        Files.createDirectories(path.getParent());
        Path next = path.resolveSibling(path.getFileName() + ".next");
        if (Files.isRegularFile(next, LinkOption.NOFOLLOW_LINKS)) {
            // Another instance is just writing it, or a crash has left it: nobody but who made it may touch it.
            next = path.resolveSibling(next.getFileName() + "."
                    + Integer.toString(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE), 36));
        }
        FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            try (channel) {
                note.writeTo(Channels.newOutputStream(channel));
                // Before the move, or a power cut could leave the name on an empty file.
                channel.force(true);
            }
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(next);
            } catch (IOException alsoRefused) {
                e.addSuppressed(alsoRefused);
            }
            throw e;
        }
    }
}
