package flexo.repository;

/**
 * The cost limits for reading one database. All must be positive.
 *
 * @param unpackedBytes the largest unpacked size
 * @param unpackedBytesPerByte the highest average compression ratio, beyond the first 16 MiB
 * @param entries the most archive entries, directories included
 * @param descBytes the largest {@code desc} of one package, and the largest header that the archive puts before an
 *     entry
 * @param keptBytes the approximate memory limit for the parsed contents
 * @param decoderBytes the memory limit for unpacking xz; a file that needs more is an
 *     {@link UnreadableCompressionException}
 */
public record DatabaseLimits(
        long unpackedBytes, int unpackedBytesPerByte, int entries, int descBytes, long keptBytes, int decoderBytes) {

    /** Exempt from the ratio: tar pads each entry with zeros, which makes a small database look like a bomb. */
    static final long FREE_BYTES = 16L << 20;

    private static final long MOST_KEPT_BYTES = 32L << 20;
    /** Arch's largest database takes about six. */
    private static final long LEAST_KEPT_BYTES = 12L << 20;

    private static final int KEPT_PART_OF_HEAP = 8;

    public DatabaseLimits {
        if (unpackedBytes < 1
                || unpackedBytesPerByte < 1
                || entries < 1
                || descBytes < 1
                || keptBytes < 1
                || decoderBytes < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /**
     * The default limits, which no repository comes near and a heap of 64 MiB withstands.
     *
     * <ul>
     *   <li>2 GiB unpacked: the largest file list of Arch has some hundred MiB.
     *   <li>500:1: real databases reach 20:1, file lists 30:1, thousands of packages that differ only in their number
     *       150:1; gzip bombs begin at 1000:1, those of xz and zstd far above.
     *   <li>A million entries: a package has two or three.
     *   <li>1 MiB for a {@code desc}: the largest ones, which list thousands of names, have some hundred KiB.
     *   <li>32 MiB kept: seventy thousand packages.
     *   <li>20 MiB to unpack: xz up to level 7; the default level 6 of makepkg and xz needs 9 MiB.
     * </ul>
     */
    public static DatabaseLimits usual() {
        return new DatabaseLimits(2L << 30, 500, 1_000_000, 1 << 20, MOST_KEPT_BYTES, 20 << 20);
    }

    /**
     * The default limits, but with at most an eighth of the heap kept; of 128 MiB that is still twice the size of
     * Arch's largest.
     */
    public static DatabaseLimits ofHeap(long maxBytes) {
        DatabaseLimits usual = usual();
        return new DatabaseLimits(
                usual.unpackedBytes,
                usual.unpackedBytesPerByte,
                usual.entries,
                usual.descBytes,
                Math.min(MOST_KEPT_BYTES, Math.max(LEAST_KEPT_BYTES, maxBytes / KEPT_PART_OF_HEAP)),
                usual.decoderBytes);
    }
}
