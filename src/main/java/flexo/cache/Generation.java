package flexo.cache;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One published state of a database file, with its signature: served until the next one replaces it, and still read by
 * clients that have begun.
 *
 * <p>The file stays open, since its name goes to the next generation at once. The last user closes it: the one that
 * retires the generation, or its last reader. {@code users} is guarded by the monitor.
 */
public final class Generation {
    private static final Logger LOG = Logger.getLogger(Generation.class.getName());

    private final String name;
    private final Bytes bytes;
    private final boolean stored;
    /** Its database never changes; its signature may. */
    private volatile GenerationNote note;
    /** Readers, and one more for as long as it is not retired. */
    private int users = 1;

    /** What it is read from. */
    private interface Bytes extends Closeable {
        int read(ByteBuffer target, long position) throws IOException;
    }

    private Generation(String name, GenerationNote note, Bytes bytes, boolean stored) {
        this.name = name;
        this.note = note;
        this.bytes = bytes;
        this.stored = stored;
    }

    /**
     * Opens the generation published last. Verifies all of it, since bits rot on disks.
     *
     * @return empty if the file is not the one that was published
     */
    static Optional<Generation> open(Path file, GenerationNote note) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            if (channel.size() == note.head().lengthBytes()
                    && new FileDigest().finish(channel).equals(note.sha256())) {
                FileChannel proven = channel;
                channel = null;
                return Optional.of(new Generation(file.toString(), note, bytes(proven::read, proven), true));
            }
            return Optional.empty();
        } finally {
            if (channel != null) {
                channel.close();
            }
        }
    }

    /** A generation that has just been published; it is read through its part file. */
    static Generation stored(String name, PartFile part, GenerationNote note) {
        part.share();
        return new Generation(name, note, bytes(part::read, part), true);
    }

    /**
     * A generation that could not be written to the cache directory; it is read from its download, and lost when the
     * process ends.
     */
    static Generation unstored(String name, PartFile part, GenerationNote note) {
        part.share();
        return new Generation(name, note, bytes(part::read, part), false);
    }

    /** Reads at a position. */
    @FunctionalInterface
    private interface Reading {
        int read(ByteBuffer target, long position) throws IOException;
    }

    private static Bytes bytes(Reading reading, Closeable source) {
        return new Bytes() {
            @Override
            public int read(ByteBuffer target, long position) throws IOException {
                return reading.read(target, position);
            }

            @Override
            public void close() throws IOException {
                source.close();
            }
        };
    }

    /** Whether it is in the cache directory. */
    public boolean isStored() {
        return stored;
    }

    /** Its note. */
    public GenerationNote note() {
        return note;
    }

    /** Replaces its note: the same database got another signature, or another mirror confirmed it. */
    public void note(GenerationNote next) {
        note = next;
    }

    /**
     * Opens the database for one more reader.
     *
     * @return empty if it is retired and closed already; the next generation exists then
     */
    public Optional<Content> open() {
        return open("cache");
    }

    /**
     * Opens the database with another source for people.
     *
     * @param source its source, for people
     */
    public Optional<Content> open(String source) {
        synchronized (this) {
            if (users == 0) {
                return Optional.empty();
            }
            users++;
        }
        return Optional.of(new Reader(source));
    }

    /**
     * Opens the database as a stream, to be read once and closed.
     *
     * @throws IOException if it is retired and closed already
     */
    public InputStream stream() throws IOException {
        Content content = open().orElseThrow(() -> new IOException(name + " has been replaced"));
        return new InputStream() {
            private long position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (position >= content.head().lengthBytes()) {
                    return -1;
                }
                int count = content.read(position, ByteBuffer.wrap(target, offset, length), () -> {});
                position += count;
                return count;
            }

            @Override
            public void close() {
                content.close();
            }
        };
    }

    /** Ends its use, since another has replaced it, or it is not needed any more; call once. */
    public void retire() {
        release();
    }

    private void release() {
        synchronized (this) {
            users--;
            if (users > 0) {
                return;
            }
        }
        try {
            bytes.close();
        } catch (IOException e) {
            // It was only read, so nothing is lost.
            LOG.log(Level.WARNING, name + " could not be closed", e);
        }
    }

    private final class Reader implements Content {
        private final String source;
        private final AtomicBoolean closed = new AtomicBoolean();

        Reader(String source) {
            this.source = source;
        }

        @Override
        public ContentHead head() {
            return note.head();
        }

        /** Empty: the container would open the name, which may belong to another generation by then. */
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
            int count = bytes.read(target, position);
            if (count <= 0) {
                throw new EOFException(name + " was cut short at byte " + position + " while it was served");
            }
            return count;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release();
            }
        }
    }
}
