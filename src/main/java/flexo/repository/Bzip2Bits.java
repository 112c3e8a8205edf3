package flexo.repository;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A bit stream over a bzip2 file, most significant bit first. */
final class Bzip2Bits {
    private final InputStream packed;
    /** The bits that were read but not yet consumed, in the low-order bits. */
    private long held;

    private int count;

    Bzip2Bits(InputStream packed) {
        this.packed = packed;
    }

    /** The next bits as a number; at most 48. */
    long next(int bits) throws IOException {
        while (count < bits) {
            int value = packed.read();
            if (value < 0) {
                throw new EOFException();
            }
            held = held << 8 | value;
            count += 8;
        }
        count -= bits;
        return held >>> count & (1L << bits) - 1;
    }

    boolean next() throws IOException {
        return next(1) == 1;
    }

    /** The next whole byte after the current one; -1 at the end of the file. */
    int nextByteOrEnd() throws IOException {
        count -= count % 8;
        return count > 0 ? (int) next(8) : packed.read();
    }
}
