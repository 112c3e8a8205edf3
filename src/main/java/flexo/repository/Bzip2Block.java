package flexo.repository;

import java.io.IOException;
import java.util.Arrays;

/**
 * One block of a bzip2 file, unpacked up to the outer run-length coding: decodes, in this order, the Huffman codes, run
 * lengths and move-to-front, and the Burrows–Wheeler transform.
 *
 * <p>The format has no specification but the program; its author's description of the transform and the codes is in the
 * manual that comes with it.
 */
final class Bzip2Block {
    private static final int SYMBOLS_PER_GROUP = 50;
    private static final int CODE_BITS_AT_MOST = 20;
    private static final int TABLES_AT_LEAST = 2;
    private static final int TABLES_AT_MOST = 6;
    private static final int FIRST_BYTES = 1024;

    private final Bzip2Bits bits;
    private final int bytesAtMost;
    /** The low byte is a byte of the sorted block, the bits above it the index of its successor. Grows as needed. */
    private int[] sorted = new int[FIRST_BYTES];

    /** The move-to-front list: the values that occur in the block, the most recent one first. */
    private final byte[] recent = new byte[256];

    private int recentCount;
    private int length;
    /** The number of bytes still to be returned, and the index of the next one. */
    private int left;

    private int position;

    /** Holds blocks of up to this many bytes. */
    Bzip2Block(Bzip2Bits bits, int bytesAtMost) {
        this.bits = bits;
        this.bytesAtMost = bytesAtMost;
    }

    boolean hasNext() {
        return left > 0;
    }

    /** The next byte, 0 to 255. */
    int next() {
        left--;
        int entry = sorted[position];
        position = entry >>> 8;
        return entry & 0xff;
    }

    /** Reads a block; the input is positioned behind its checksum. */
    void read() throws IOException {
        if (bits.next()) {
            throw new IOException("it is of a kind that has not been made since 1999");
        }
        int start = (int) bits.next(24);
        readValues();
        int tableCount = (int) bits.next(3);
        if (tableCount < TABLES_AT_LEAST || tableCount > TABLES_AT_MOST) {
            throw new IOException("it has " + tableCount + " tables");
        }
        byte[] selectors = readSelectors(tableCount);
        Codes[] tables = new Codes[tableCount];
        for (int i = 0; i < tableCount; i++) {
            tables[i] = readCodes(recentCount + 2);
        }
        decode(selectors, tables);
        if (start >= length) {
            throw new IOException("its beginning is not inside it");
        }
        sort(start);
    }

    private void readValues() throws IOException {
        int ranges = (int) bits.next(16);
        recentCount = 0;
        for (int range = 0; range < 16; range++) {
            if ((ranges & 0x8000 >> range) != 0) {
                int values = (int) bits.next(16);
                for (int i = 0; i < 16; i++) {
                    if ((values & 0x8000 >> i) != 0) {
                        recent[recentCount++] = (byte) (range * 16 + i);
                    }
                }
            }
        }
        if (recentCount == 0) {
            throw new IOException("it has no values");
        }
    }

    /** The selectors: the table that codes each group of symbols, itself move-to-front coded. */
    private byte[] readSelectors(int tableCount) throws IOException {
        byte[] order = new byte[tableCount];
        for (int i = 0; i < tableCount; i++) {
            order[i] = (byte) i;
        }
        byte[] selectors = new byte[(int) bits.next(15)];
        for (int i = 0; i < selectors.length; i++) {
            int age = 0;
            while (bits.next()) {
                age++;
                if (age == tableCount) {
                    throw new IOException("it names a table that is not there");
                }
            }
            selectors[i] = toFront(order, age);
        }
        return selectors;
    }

    private Codes readCodes(int symbols) throws IOException {
        byte[] lengths = new byte[symbols];
        int codeBits = (int) bits.next(5);
        for (int i = 0; i < symbols; i++) {
            while (bits.next()) {
                codeBits += bits.next() ? -1 : 1;
                // Checked inside the loop, which would otherwise never end; a start beyond the bounds may still come
                // into them.
                if (codeBits < 0 || codeBits > CODE_BITS_AT_MOST + 1) {
                    throw new IOException("its codes are too long or too short");
                }
            }
            if (codeBits < 1 || codeBits > CODE_BITS_AT_MOST) {
                throw new IOException("its codes are too long or too short");
            }
            lengths[i] = (byte) codeBits;
        }
        return new Codes(lengths);
    }

    private void decode(byte[] selectors, Codes[] tables) throws IOException {
        int end = recentCount + 1;
        int group = 0;
        int leftInGroup = 0;
        Codes codes = null;
        long run = 0;
        long weight = 1;
        length = 0;
        while (true) {
            if (leftInGroup == 0) {
                if (group == selectors.length) {
                    throw new IOException("it has more codes than it says");
                }
                codes = tables[selectors[group++]];
                leftInGroup = SYMBOLS_PER_GROUP;
            }
            leftInGroup--;
            int symbol = codes.next(bits);
            if (symbol <= 1) {
                // The digits of a run's length, 1 and 2, the lowest one first.
                run += weight << symbol;
                weight <<= 1;
                if (run > bytesAtMost) {
                    throw new IOException("it is longer than it may be");
                }
                continue;
            }
            append(recent[0], (int) run);
            run = 0;
            weight = 1;
            if (symbol == end) {
                return;
            }
            append(toFront(recent, symbol - 1), 1);
        }
    }

    private void append(byte value, int times) throws IOException {
        if (times > bytesAtMost - length) {
            throw new IOException("it is longer than it may be");
        }
        if (times > sorted.length - length) {
            sorted = Arrays.copyOf(sorted, Math.min(bytesAtMost, 2 * (length + times)));
        }
        for (int i = 0; i < times; i++) {
            sorted[length++] = value & 0xff;
        }
    }

    private static byte toFront(byte[] order, int index) {
        byte value = order[index];
        System.arraycopy(order, 0, order, 1, index);
        order[0] = value;
        return value;
    }

    /** Inverts the transform: links each byte to its successor, so that the block can be read from its beginning. */
    private void sort(int start) {
        int[] next = new int[256];
        for (int i = 0; i < length; i++) {
            next[sorted[i]]++;
        }
        int before = 0;
        for (int value = 0; value < 256; value++) {
            int count = next[value];
            next[value] = before;
            before += count;
        }
        for (int i = 0; i < length; i++) {
            sorted[next[sorted[i] & 0xff]++] |= i << 8;
        }
        position = sorted[start] >>> 8;
        left = length;
    }

    /** A canonical Huffman code, defined by the lengths of its words. */
    private static final class Codes {
        /** Sorted by code length. */
        private final short[] symbols;
        /** The number of words of each length. */
        private final int[] counts = new int[CODE_BITS_AT_MOST + 1];

        Codes(byte[] lengths) {
            symbols = new short[lengths.length];
            int sorted = 0;
            for (int codeBits = 1; codeBits <= CODE_BITS_AT_MOST; codeBits++) {
                for (int symbol = 0; symbol < lengths.length; symbol++) {
                    if (lengths[symbol] == codeBits) {
                        symbols[sorted++] = (short) symbol;
                        counts[codeBits]++;
                    }
                }
            }
        }

        int next(Bzip2Bits bits) throws IOException {
            int word = 0;
            int first = 0;
            int before = 0;
            for (int codeBits = 1; codeBits <= CODE_BITS_AT_MOST; codeBits++) {
                word = word << 1 | (int) bits.next(1);
                first <<= 1;
                if (word - first < counts[codeBits]) {
                    return symbols[before + word - first];
                }
                first += counts[codeBits];
                before += counts[codeBits];
            }
            throw new IOException("it has a code that is none");
        }
    }
}
