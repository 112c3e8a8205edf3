package flexo.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A tar archive, entry by entry: POSIX ustar with pax headers, GNU's long names, and the old form before both.
 *
 * <p>Bodies that are not read are skipped.
 */
final class TarReader {
    /**
     * An entry.
     *
     * @param path as the archive spells it
     * @param regular whether it is a plain file, not a directory, link or device
     * @param sizeBytes the length of its body
     */
    record Entry(String path, boolean regular, long sizeBytes) {}

    private static final int BLOCK_BYTES = 512;
    private static final int BUFFER_BYTES = 64 << 10;
    /** The longest padding at the end of an archive: the blocks of tape drives, rounded up generously. */
    private static final int MAX_PADDING_BYTES = 1 << 20;

    private static final int NAME_BYTES = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_BYTES = 12;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final int TYPE_AT = 156;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;
    private static final int PREFIX_BYTES = 155;

    private final UnpackedBytes unpacked;
    private final DatabaseLimits limits;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    /** The offset of the buffer in the archive. */
    private long before;

    private int headers;
    /** The rest of the current entry's body, and its padding to a whole block. */
    private long bodyLeft;

    private long fillLeft;

    TarReader(UnpackedBytes unpacked, DatabaseLimits limits) {
        this.unpacked = unpacked;
        this.limits = limits;
    }

    /**
     * Advances to the next entry, skipping the rest of this one.
     *
     * @return null at the end, which has been verified then
     */
    Entry next() throws IOException, NotADatabaseException, UnreadableCompressionException {
        String longPath = null;
        long longSize = -1;
        while (true) {
            skip(bodyLeft + fillLeft);
            if (!readHeader()) {
                return null;
            }
            char type = (char) (buffer[position + TYPE_AT] & 0xff);
            long size = number(position + SIZE_AT);
            String path = longPath == null ? headerPath() : longPath;
            position += BLOCK_BYTES;
            switch (type) {
                case 'x' -> {
                    PaxHeader header = PaxHeader.parse(readHeaderBody(size));
                    longPath = header.path() == null ? longPath : header.path();
                    longSize = header.sizeBytes() < 0 ? longSize : header.sizeBytes();
                }
                case 'L' -> longPath = text(readHeaderBody(size));
                case 'g', 'K' -> startBody(size);
                default -> {
                    boolean regular = type == '0' || type == '\0' || type == '7';
                    // Links, devices and directories have no body, whatever their size field says.
                    boolean bodiless = type >= '1' && type <= '6';
                    startBody(bodiless ? 0 : longSize < 0 ? size : longSize);
                    return new Entry(path, regular, bodyLeft);
                }
            }
        }
    }

    /** Reads the whole body of the current entry; call before any other read of it. */
    int readBody(byte[] target) throws IOException, NotADatabaseException, UnreadableCompressionException {
        int length = (int) bodyLeft;
        int done = 0;
        while (done < length) {
            if (position == limit && !fill()) {
                throw cutOff();
            }
            int count = Math.min(length - done, limit - position);
            System.arraycopy(buffer, position, target, done, count);
            position += count;
            done += count;
        }
        bodyLeft = 0;
        return length;
    }

    private void startBody(long size) throws NotADatabaseException {
        if (size < 0 || size > Long.MAX_VALUE / 2) {
            throw damaged();
        }
        bodyLeft = size;
        fillLeft = -size & (BLOCK_BYTES - 1);
    }

    /** The body of an extended header, which describes the next entry. */
    private byte[] readHeaderBody(long size) throws IOException, NotADatabaseException, UnreadableCompressionException {
        if (size > limits.descBytes()) {
            throw new NotADatabaseException("its tar archive has a header of " + size + " bytes");
        }
        startBody(size);
        byte[] body = new byte[(int) size];
        var unused = readBody(body);
        return body;
    }

    /** Positions at a verified header; false at a legal end of the archive. */
    private boolean readHeader() throws IOException, NotADatabaseException, UnreadableCompressionException {
        if (!fillBlock()) {
            // Without an end-of-archive mark the archive may have been truncated between two entries.
            if (headers == 0 || !unpacked.provesItsEnd()) {
                throw headers == 0 ? noArchive() : cutOff();
            }
            return false;
        }
        int unsigned = 0;
        int signed = 0;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            boolean inChecksum = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES;
            byte value = inChecksum ? (byte) ' ' : buffer[position + i];
            unsigned += value & 0xff;
            signed += value;
        }
        if (unsigned == CHECKSUM_BYTES * ' ' && isZero(buffer[position + CHECKSUM_AT])) {
            skipPadding();
            return false;
        }
        long expected = octal(position + CHECKSUM_AT, CHECKSUM_BYTES);
        // Some old programs computed a signed checksum.
        if (expected != unsigned && expected != signed) {
            throw headers == 0 ? noArchive() : damaged();
        }
        headers++;
        if (headers > limits.entries()) {
            throw new NotADatabaseException("its tar archive has more than " + limits.entries() + " entries");
        }
        return true;
    }

    private void skipPadding() throws IOException, NotADatabaseException, UnreadableCompressionException {
        long start = before + position;
        do {
            while (position < limit) {
                if (!isZero(buffer[position++])) {
                    throw new NotADatabaseException("something else follows its tar archive");
                }
            }
            if (before + position - start > MAX_PADDING_BYTES) {
                throw new NotADatabaseException("zeros without end follow its tar archive");
            }
        } while (fill());
    }

    private String headerPath() {
        String name = text(position, NAME_BYTES);
        boolean posix = buffer[position + MAGIC_AT] == 'u' && isZero(buffer[position + MAGIC_AT + 5]);
        if (posix && !isZero(buffer[position + PREFIX_AT])) {
            return text(position + PREFIX_AT, PREFIX_BYTES) + "/" + name;
        }
        return name;
    }

    /** A number in octal digits, or in GNU's binary form, which is marked by the first bit. */
    private long number(int at) throws NotADatabaseException {
        if (buffer[at] >= 0) {
            return octal(at, SIZE_BYTES);
        }
        // Non-zero bits in the upper four bytes would make it negative or larger than any file.
        for (int i = 0; i < 4; i++) {
            if ((buffer[at + i] & (i == 0 ? 0x7f : 0xff)) != 0) {
                throw damaged();
            }
        }
        long value = 0;
        for (int i = 4; i < SIZE_BYTES; i++) {
            value = value << 8 | (buffer[at + i] & 0xff);
        }
        return value;
    }

    private long octal(int at, int length) throws NotADatabaseException {
        int i = at;
        int end = at + length;
        while (i < end && buffer[i] == ' ') {
            i++;
        }
        long value = 0;
        while (i < end && buffer[i] >= '0' && buffer[i] <= '7') {
            value = value << 3 | (buffer[i++] - '0');
        }
        if (i < end && buffer[i] != ' ' && !isZero(buffer[i])) {
            throw headers == 0 ? noArchive() : damaged();
        }
        return value;
    }

    private String text(int at, int length) {
        int end = at;
        while (end < at + length && !isZero(buffer[end])) {
            end++;
        }
        return new String(buffer, at, end - at, StandardCharsets.UTF_8);
    }

    private static String text(byte[] zeroTerminated) {
        int end = 0;
        while (end < zeroTerminated.length && !isZero(zeroTerminated[end])) {
            end++;
        }
        return new String(zeroTerminated, 0, end, StandardCharsets.UTF_8);
    }

    private static boolean isZero(byte value) {
        return value == 0;
    }

    private void skip(long count) throws IOException, NotADatabaseException, UnreadableCompressionException {
        long left = count;
        while (left > limit - position) {
            left -= limit - position;
            position = limit;
            if (!fill()) {
                throw cutOff();
            }
        }
        position += (int) left;
        bodyLeft = 0;
        fillLeft = 0;
    }

    /** Ensures that a whole block is available at the position; false if no byte is left. */
    private boolean fillBlock() throws IOException, NotADatabaseException, UnreadableCompressionException {
        while (limit - position < BLOCK_BYTES) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            before += position;
            limit -= position;
            position = 0;
            int count = unpacked.read(buffer, limit, buffer.length - limit);
            if (count < 0) {
                if (limit > 0) {
                    throw headers == 0 ? noArchive() : cutOff();
                }
                return false;
            }
            limit += count;
        }
        return true;
    }

    /** Refills the buffer, which has been used up, with at least one byte; false at the end. */
    private boolean fill() throws IOException, NotADatabaseException, UnreadableCompressionException {
        before += limit;
        position = 0;
        limit = 0;
        int count = unpacked.read(buffer, 0, buffer.length);
        limit = Math.max(count, 0);
        return count > 0;
    }

    private NotADatabaseException cutOff() {
        return new NotADatabaseException("it is cut off after " + (before + limit) + " bytes of its tar archive");
    }

    private NotADatabaseException damaged() {
        return new NotADatabaseException("its tar archive is damaged near byte " + (before + position));
    }

    private static NotADatabaseException noArchive() {
        return new NotADatabaseException("it is no tar archive, and none is compressed in it");
    }
}
