package flexo.repository;

import java.io.IOException;
import java.io.InputStream;

/**
 * The decompressed bytes of a bzip2 file: all its streams, each block verified by its checksum.
 *
 * <p>Neither the JDK nor any of our libraries reads bzip2, and repositories compressed with it have to be verified,
 * too.
 */
final class Bzip2Bytes extends InputStream {
    private static final int BLOCK_UNIT_BYTES = 100_000;
    /** The magic numbers: the digits of π, and of its square root. */
    private static final long BLOCK = 0x314159265359L;

    private static final long END = 0x177245385090L;
    /** This many equal bytes are followed by a repeat count. */
    private static final int RUN = 4;

    private static final int[] CHECKSUMS = checksums();

    private final InputStream packed;
    private final Bzip2Bits bits;
    private final byte[] single = new byte[1];

    /** Null before the first stream. */
    private Bzip2Block block;
    /** The inverted CRC of the bytes returned from the block so far, and the checksum in the block's header. */
    private int checksum;

    private int promisedChecksum;
    /** The combined checksum of all blocks of the stream. */
    private int streamChecksum;

    private int last;
    /** The length of the current run of equal bytes, up to {@link #RUN}. */
    private int inARow;
    /** The number of repeats of the last byte still to be returned. */
    private int repeats;

    private boolean ended;

    Bzip2Bytes(InputStream packed) {
        this.packed = packed;
        this.bits = new Bzip2Bits(packed);
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
        if (block == null) {
            beginStream((int) bits.next(8));
            beginBlock();
        }
        int count = 0;
        while (!ended && count < length) {
            if (repeats > 0) {
                repeats--;
                target[offset + count++] = (byte) last;
                check(last);
            } else if (!block.hasNext()) {
                endBlock();
                beginBlock();
            } else if (inARow == RUN) {
                repeats = block.next();
                inARow = 0;
            } else {
                int value = block.next();
                inARow = value == last ? inARow + 1 : 1;
                last = value;
                target[offset + count++] = (byte) value;
                check(value);
            }
        }
        return count > 0 ? count : -1;
    }

    private void check(int value) {
        checksum = checksum << 8 ^ CHECKSUMS[checksum >>> 24 ^ value];
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }

    private void beginStream(int first) throws IOException {
        if (first != 'B' || bits.next(8) != 'Z' || bits.next(8) != 'h') {
            throw new IOException("something else follows it");
        }
        int level = (int) bits.next(8) - '0';
        if (level < 1 || level > 9) {
            throw new IOException("its level is unknown");
        }
        block = new Bzip2Block(bits, level * BLOCK_UNIT_BYTES);
        streamChecksum = 0;
    }

    private void beginBlock() throws IOException {
        long what = bits.next(48);
        while (what == END) {
            endStream();
            if (ended) {
                return;
            }
            what = bits.next(48);
        }
        if (what != BLOCK) {
            throw new IOException("a block of it does not begin as one");
        }
        promisedChecksum = (int) bits.next(32);
        block.read();
        checksum = -1;
        last = -1;
        inARow = 0;
    }

    private void endBlock() throws IOException {
        if (~checksum != promisedChecksum) {
            throw new IOException("its checksum is wrong");
        }
        streamChecksum = Integer.rotateLeft(streamChecksum, 1) ^ promisedChecksum;
    }

    private void endStream() throws IOException {
        if ((int) bits.next(32) != streamChecksum) {
            throw new IOException("its checksum is wrong");
        }
        int first = bits.nextByteOrEnd();
        if (first > 0) {
            beginStream(first);
            return;
        }
        // Tape padding.
        while (first == 0) {
            first = bits.nextByteOrEnd();
        }
        if (first > 0) {
            throw new IOException("something else follows it");
        }
        ended = true;
    }

    /** The table of CRC-32 with the most significant bit first, unlike the JDK's. */
    private static int[] checksums() {
        int[] table = new int[256];
        for (int i = 0; i < 256; i++) {
            int value = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                value = value << 1 ^ (value < 0 ? 0x04c11db7 : 0);
            }
            table[i] = value;
        }
        return table;
    }
}
