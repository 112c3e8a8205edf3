package flexo.repository;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * The decompressed bytes of a gzip file (RFC 1952): all its members, each verified by its checksum and length.
 *
 * <p>The JDK's stream ignores whatever follows the last member; this one accepts only zeros there, the padding of
 * tapes.
 */
final class GzipBytes extends InputStream {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final InputStream packed;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final byte[] single = new byte[1];
    private int position;
    private int limit;
    private boolean started;
    private boolean ended;

    GzipBytes(InputStream packed) {
        this.packed = packed;
    }

    @Override
    public int read() throws IOException {
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!started) {
            started = true;
            header(next());
        }
        try {
            while (!ended) {
                int count = inflater.inflate(target, offset, length);
                if (count > 0) {
                    checksum.update(target, offset, count);
                    return count;
                }
                if (inflater.finished()) {
                    position = limit - inflater.getRemaining();
                    trailer();
                    nextMember();
                } else if (inflater.needsDictionary()) {
                    throw new ZipException("it asks for a dictionary");
                } else {
                    fill();
                    inflater.setInput(buffer, 0, limit);
                }
            }
            return -1;
        } catch (DataFormatException e) {
            throw new ZipException(e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        packed.close();
    }

    private void nextMember() throws IOException {
        int first = nextOrEnd();
        while (first == 0) {
            first = nextOrEnd();
            if (first > 0) {
                throw new ZipException("something else follows it");
            }
        }
        if (first < 0) {
            ended = true;
            return;
        }
        inflater.reset();
        checksum.reset();
        header(first);
    }

    private void header(int first) throws IOException {
        if (first != 0x1f || next() != 0x8b) {
            throw new ZipException("something else follows it");
        }
        if (next() != 8) {
            throw new ZipException("its method is unknown");
        }
        int flags = next();
        if ((flags & RESERVED) != 0) {
            throw new ZipException("its header has unknown flags");
        }
        // Modification time, compression level, operating system.
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            skip(2);
        }
        inflater.setInput(buffer, position, limit - position);
    }

    private void trailer() throws IOException {
        if (littleEndian() != checksum.getValue()) {
            throw new ZipException("its checksum is wrong");
        }
        if (littleEndian() != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw new ZipException("its length is wrong");
        }
    }

    private long littleEndian() throws IOException {
        return next() | (long) next() << 8 | (long) next() << 16 | (long) next() << 24;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            var unused = next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // The original file name, which is not needed.
        }
    }

    private int next() throws IOException {
        int value = nextOrEnd();
        if (value < 0) {
            throw new EOFException();
        }
        return value;
    }

    private int nextOrEnd() throws IOException {
        if (position == limit) {
            limit = Math.max(packed.read(buffer, 0, buffer.length), 0);
            position = 0;
        }
        return position < limit ? buffer[position++] & 0xff : -1;
    }

    private void fill() throws IOException {
        position = 0;
        limit = packed.read(buffer, 0, buffer.length);
        if (limit < 0) {
            limit = 0;
            throw new EOFException();
        }
    }
}
