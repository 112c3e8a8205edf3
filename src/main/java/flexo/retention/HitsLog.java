package flexo.retention;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.cache.DiskFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Reads the access log of a web server that serves cached packages directly from the directory. Served files count as
 * used.
 *
 * <p>A line contains the time in seconds since 1970, the bytes sent, and the path:
 * {@code 1795898073.077 301716 /extra/os/…}. Other lines are skipped. The log may be rotated: its unread end is then
 * read from the file with {@code .1} appended. After a start the whole log is read again; that makes no file younger,
 * since each line has its time.
 *
 * <p>One thread at a time reads; the counts are thread-safe.
 */
public final class HitsLog {
    private static final Logger LOG = Logger.getLogger(HitsLog.class.getName());
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int FIELDS = 3;

    private final Supplier<Optional<Path>> file;
    private final LastUses uses;
    private final Instant start;
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /** The file key and the offset of the last read. */
    private Object key = "";

    private long position;
    /** The last warning, which is not repeated. */
    private String told = "";

    /**
     * Nothing is read yet.
     *
     * @param file evaluated at each reading; empty if no log is configured
     * @param uses records the uses
     * @param start hits from then on are counted
     */
    public HitsLog(Supplier<Optional<Path>> file, LastUses uses, Instant start) {
        this.file = file;
        this.uses = uses;
        this.start = start;
    }

    /** The number of files the web server has served since our start. */
    public long files() {
        return files.get();
    }

    /** The bytes the web server has sent since our start. */
    public long bytes() {
        return bytes.get();
    }

    /** Reads new lines, and saves the uses. A missing log has no lines. */
    public void read() {
        file.get().ifPresent(this::read);
    }

    private void read(Path log) {
        try {
            Object present = keyOf(log);
            if (!present.equals(key)) {
                Path rotated = log.resolveSibling(log.getFileName() + ".1");
                if (!key.equals("") && Files.exists(rotated) && keyOf(rotated).equals(key)) {
                    readOn(rotated);
                }
                key = present;
                position = 0;
            }
            readOn(log);
            uses.save();
            told = "";
        } catch (NoSuchFileException e) {
            LOG.log(Level.FINE, "{0} is not there", log);
        } catch (IOException e) {
            if (!told.equals(e.toString())) {
                told = e.toString();
                LOG.log(
                        Level.WARNING,
                        "The hits_log {0} cannot be read: {1}. Packages that the web server serves by itself may go as unused;"
                                + " let the user of this process read it",
                        new Object[] {log, DiskFailure.reason(e)});
            }
        }
    }

    private static Object keyOf(Path log) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(log, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            // Opening a pipe would block until somebody writes to it.
            throw new IOException("it is not a regular file");
        }
        return Optional.ofNullable(attributes.fileKey()).orElse(log);
    }

    /** Reads up to the end of the last complete line. A file that has shrunk is read from its beginning. */
    private void readOn(Path log) throws IOException {
        try (SeekableByteChannel in = Files.newByteChannel(log)) {
            if (in.size() < position) {
                position = 0;
            }
            in.position(position);
            ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            long at = position;
            while (in.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    byte next = buffer.get();
                    at++;
                    if (next == '\n') {
                        take(line.toString(StandardCharsets.UTF_8));
                        line.reset();
                        position = at;
                    } else if (line.size() < LONGEST_LINE) {
                        line.write(next);
                    }
                }
                buffer.clear();
            }
        }
    }

    private void take(String line) {
        String[] fields = line.split(" ", FIELDS);
        if (fields.length < FIELDS || !fields[2].startsWith("/")) {
            return;
        }
        try {
            Instant time = Instant.ofEpochMilli((long) (Double.parseDouble(fields[0]) * 1000));
            long sent = Long.parseLong(fields[1]);
            uses.usedAt(RepositoryPath.ofDecoded(fields[2].substring(1)), time);
            if (!time.isBefore(start)) {
                files.incrementAndGet();
                bytes.addAndGet(sent);
            }
        } catch (NumberFormatException | RefusedPathException e) {
            LOG.log(Level.FINEST, "No line of hits", e);
        }
    }
}
