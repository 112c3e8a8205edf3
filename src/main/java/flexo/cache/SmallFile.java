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
 * Reads and writes small files of ours. Anything may have been put in their place: a pipe, on which a reader blocks, an
 * endless device, or more than fits into memory; and several instances may write them at once.
 */
public final class SmallFile {
    private SmallFile() {}

    /**
     * Reads a whole file.
     *
     * @param mostBytes a limit far above the size that we write
     * @return empty if it does not exist
     * @throws IOException if it cannot be read, is larger, or is no regular file
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
     * @return empty if it does not exist
     * @throws IOException as for {@link #read}, and if it is not UTF-8
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
     * Checks that a file may be read.
     *
     * @throws IOException if it is larger, or is no regular file
     */
    public static void check(Path path, long mostBytes) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(path.toString(), null, "it is no regular file");
        }
        if (attributes.size() > mostBytes) {
            throw new FileSystemException(path.toString(), null, "it is too large");
        }
    }

    /**
     * Replaces a whole file atomically: after a full disk or a crash it has its old or its new contents. Creates its
     * directory if necessary.
     *
     * @throws IOException if it cannot be written
     */
    public static void replace(Path path, NoteFile.Note note) throws IOException {
        Files.createDirectories(path.getParent());
        Path next = path.resolveSibling(path.getFileName() + ".next");
        if (Files.isRegularFile(next, LinkOption.NOFOLLOW_LINKS)) {
            // Another instance is writing it, or left it in a crash: only its creator may touch it.
            next = path.resolveSibling(next.getFileName() + "."
                    + Integer.toString(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE), 36));
        }
        FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            try (channel) {
                note.writeTo(Channels.newOutputStream(channel));
                // Before the rename: after a power cut the name could otherwise point to an empty file.
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
