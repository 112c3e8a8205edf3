package flexo.repository;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import org.tukaani.xz.XZInputStream;

/**
 * The compression of a file, detected from its first bytes: a database is often served under a name without an
 * extension.
 */
enum Compression {
    /** A bare tar archive; detected by exclusion. */
    NONE("tar", ""),
    /** Decoded by the JDK. */
    GZIP("gzip", "1f8b08"),
    /** Decoded within a window of 8 MiB, the largest that zstd uses up to level 19. */
    ZSTD("zstd", "28b52ffd"),
    /** Decoded within a memory limit. */
    XZ("xz", "fd377a585a00"),
    /** Decoded by {@link Bzip2Bytes}. */
    BZIP2("bzip2", "425a68"),
    /** The others that libarchive reads and Flexo does not; of them, repo-add makes only compress. */
    COMPRESS("compress", "1f9d"),
    LZ4("lz4", "04224d18"),
    LZIP("lzip", "4c5a4950"),
    LZOP("lzop", "894c5a4f"),
    LRZIP("lrzip", "4c525a49"),
    LZMA("lzma", "5d0000");

    /** The largest window of the pure Java zstd decoder; larger ones would need a native library. */
    private static final long MAX_ZSTD_WINDOW_BYTES = 8L << 20;
    /** The number of first bytes that detection needs. */
    static final int MAGIC_BYTES = 18;

    private final String word;
    /** In hexadecimal digits. */
    private final String magic;

    Compression(String word, String magic) {
        this.word = word;
        this.magic = magic;
    }

    /** The name of the program. */
    String word() {
        return word;
    }

    /** The compression of a file that starts with these bytes; {@link #NONE} if no magic number matches. */
    static Compression of(byte[] start) {
        String digits = HexFormat.of().formatHex(start);
        for (Compression compression : values()) {
            if (compression != NONE && digits.startsWith(compression.magic)) {
                return compression;
            }
        }
        return isSkippableZstdFrame(start) ? ZSTD : NONE;
    }

    /**
     * The decompressed bytes.
     *
     * @throws UnreadableCompressionException if Flexo has no decoder for it, whether the file is whole or not
     */
    InputStream decoder(SourceBytes source, DatabaseLimits limits) throws IOException, UnreadableCompressionException {
        return switch (this) {
            case NONE -> source;
            case GZIP -> new GzipBytes(source);
            case ZSTD -> {
                checkZstdFrame(source.peek(MAGIC_BYTES));
                yield new ZstdInputStream(source);
            }
            case XZ -> new XZInputStream(source, limits.decoderBytes() >> 10);
            case BZIP2 -> new Bzip2Bytes(source);
            case COMPRESS, LZ4, LZIP, LZOP, LRZIP, LZMA ->
                throw new UnreadableCompressionException("it is compressed with " + word
                        + ", which only pacman can read; with gzip, bzip2, zstd or xz it would be checked");
        };
    }

    /** RFC 8878, section 3.1.2: a skippable frame, in which parallel compressors store an index. */
    private static boolean isSkippableZstdFrame(byte[] start) {
        return start.length >= 4
                && (start[0] & 0xf0) == 0x50
                && start[1] == 0x2a
                && start[2] == 0x4d
                && start[3] == 0x18;
    }

    /** RFC 8878, section 3.1.1.1: refuses valid frames that the decoder does not support. */
    private static void checkZstdFrame(byte[] start) throws UnreadableCompressionException {
        if (isSkippableZstdFrame(start)) {
            throw new UnreadableCompressionException("its zstd data begins with a frame without content");
        }
        if (start.length < MAGIC_BYTES) {
            // The decoder will report that it is truncated.
            return;
        }
        int descriptor = start[4] & 0xff;
        int dictionaryBytes = new int[] {0, 1, 2, 4}[descriptor & 3];
        boolean singleSegment = (descriptor & 0x20) != 0;
        if (littleEndian(start, singleSegment ? 5 : 6, dictionaryBytes) != 0) {
            throw new UnreadableCompressionException("it is compressed with zstd and a dictionary");
        }
        long window;
        if (singleSegment) {
            int sizeBytes = 1 << (descriptor >> 6);
            window = littleEndian(start, 5 + dictionaryBytes, sizeBytes) + (sizeBytes == 2 ? 256 : 0);
        } else {
            long base = 1L << (10 + ((start[5] & 0xff) >> 3));
            window = base + base / 8 * (start[5] & 7);
        }
        if (window < 0 || window > MAX_ZSTD_WINDOW_BYTES) {
            throw new UnreadableCompressionException(
                    "it is compressed with zstd and a window above 8 MiB; up to level 19 it would be checked");
        }
    }

    private static long littleEndian(byte[] bytes, int offset, int count) {
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << 8 | (bytes[offset + i] & 0xff);
        }
        return value;
    }
}
