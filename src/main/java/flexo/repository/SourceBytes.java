package flexo.repository;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A counting stream over the bytes on disk. It remembers a disk error, because a decoder on top of it reports that like
 * corrupt data.
 */
final class SourceBytes extends InputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream file;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private boolean ended;
    /** The number of bytes read so far. */
    private long taken;
    /** Null until the disk fails. */
    private IOException failure;

    SourceBytes(InputStream file) {
        this.file = file;
    }

    /** The first bytes without consuming them; call before any read. Shorter if the file is. */
    byte[] peek(int count) throws IOException {
        while (limit < count && !ended) {
            fill();
        }
        return Arrays.copyOf(buffer, Math.min(limit, count));
    }

    /** The number of bytes read so far. */
    long taken() {
        return taken;
    }

    /** Rethrows the disk error, if there was one. */
    void rethrowFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private void fill() throws IOException {
        try {
            int count = file.read(buffer, limit, buffer.length - limit);
            ended = count < 0;
            limit += Math.max(count, 0);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private boolean hasMore() throws IOException {
        if (position == limit && !ended) {
            position = 0;
            limit = 0;
            fill();
        }
        return position < limit;
    }

    @Override
    public int read() throws IOException {
        if (!hasMore()) {
            return -1;
        }
        taken++;
        return buffer[position++] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        taken += count;
        return count;
    }

    @Override
    public int available() {
        return limit - position;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
