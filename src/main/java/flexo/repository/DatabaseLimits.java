package flexo.repository;

/**
 * How much a database may cost to read. All must be positive.
 *
 * @param unpackedBytes the most it may unpack to
 * @param unpackedBytesPerByte the most bytes that one byte of the file may unpack to, on average, beyond the first 16 MiB
 * @param entries the most archive entries, directories included
 * @param descBytes the most bytes of one package's {@code desc}, and of a header that the archive puts before an entry
 * @param keptBytes the most memory for what is kept of it, roughly
 * @param decoderBytes the most memory for unpacking xz; what needs more is an {@link UnreadableCompressionException}
 */
public record DatabaseLimits(
        long unpackedBytes, int unpackedBytesPerByte, int entries, int descBytes, long keptBytes, int decoderBytes) {

    /** What unpacks at any ratio: tar fills each entry up with zeros, which makes a small database look like a bomb. */
    static final long FREE_BYTES = 16L << 20;

    private static final long MOST_KEPT_BYTES = 32L << 20;
    /** Arch's largest takes some six. */
    private static final long LEAST_KEPT_BYTES = 12L << 20;

    private static final int KEPT_PART_OF_HEAP = 8;

    /** Checks all six. */
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
     * Limits that no repository comes near to, and that a heap of 64 MiB stands.
     *
     * <ul>
     *   <li>2 GiB unpacked: the largest file list of Arch is some hundred MiB.
     *   <li>500:1: real databases reach 20:1, file lists 30:1, thousands of packages that differ only in their number 150:1;
     *       bombs of gzip begin at 1000:1, those of xz and zstd far above.
     *   <li>A million entries: a package has two or three.
     *   <li>1 MiB for a {@code desc}: the largest ones, which list thousands of names, have some hundred KiB.
     *   <li>32 MiB kept: seventy thousand packages.
     *   <li>20 MiB to unpack: xz up to level 7; makepkg's and xz's own level 6 needs 9 MiB.
     * </ul>
     */
    public static DatabaseLimits usual() {
        return new DatabaseLimits(2L << 30, 500, 1_000_000, 1 << 20, MOST_KEPT_BYTES, 20 << 20);
    }

    /** The usual ones, but no more kept than an eighth of a heap; of 128 MiB that still is twice what Arch's largest takes. */
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
