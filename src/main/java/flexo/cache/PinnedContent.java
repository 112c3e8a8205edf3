package flexo.cache;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A snapshot of a file for one reader: the file that was opened, even if another takes its name. */
public final class PinnedContent implements Content {
    private static final Logger LOG = Logger.getLogger(PinnedContent.class.getName());
    /** Replacing a file takes a moment, and does not happen all the time. */
    private static final int TRIES = 5;

    private final Path file;
    private final FileChannel channel;
    private final BasicFileAttributes attributes;

    private final String source;

    private PinnedContent(Path file, String source, FileChannel channel, BasicFileAttributes attributes) {
        this.file = file;
        this.source = source;
        this.channel = channel;
        this.attributes = attributes;
    }

    /**
     * Opens a file that is not empty.
     *
     * @param source its location, for people
     * @throws IOException if it cannot be read, or is replaced again and again
     */
    public static PinnedContent open(Path file, String source) throws IOException {
        BasicFileAttributes before = Files.readAttributes(file, BasicFileAttributes.class);
        for (int i = 0; i < TRIES; i++) {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                BasicFileAttributes after = Files.readAttributes(file, BasicFileAttributes.class);
                if (FileStamp.of(before).equals(FileStamp.of(after)) && channel.size() == after.size()) {
                    return new PinnedContent(file, source, channel, after);
                }
                before = after;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            channel.close();
        }
        throw new IOException(file + " changes all the time");
    }

    /** The attributes of the opened file. */
    public BasicFileAttributes attributes() {
        return attributes;
    }

    @Override
    public ContentHead head() {
        return new ContentHead(
                attributes.size(), attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS));
    }

    /** Empty: the container would open the name, which may belong to another file by then. */
    @Override
    public Optional<Path> wholeFile() {
        return Optional.empty();
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public int read(long position, ByteBuffer target, Runnable onMore) throws IOException {
        int count = channel.read(target, position);
        if (count <= 0) {
            throw new EOFException(file + " was cut short at byte " + position + " while it was served");
        }
        return count;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It was only read, so nothing is lost.
            LOG.log(Level.WARNING, file + " could not be closed", e);
        }
    }
}
