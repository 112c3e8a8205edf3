package flexo.cache;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A stream over a {@link PartFile} from its first byte to its end. Not thread-safe. */
final class PartInputStream extends InputStream {
    private final PartFile part;
    private final long end;
    private long position;

    PartInputStream(PartFile part, long end) {
        this.part = part;
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int wanted = (int) Math.min(length, end - position);
        if (wanted == 0) {
            return -1;
        }
        int count = part.read(ByteBuffer.wrap(bytes, offset, wanted), position);
        position += count;
        return count;
    }
}
