package flexo.retention;

/**
 * A size on disk, as a number of bytes or as a share of the file system.
 *
 * @param bytes not negative; 0 for a share
 * @param share up to 1; 0 for a number of bytes
 */
public record StorageSize(long bytes, double share) {
    /** The size on a file system of so many bytes. */
    long of(long totalBytes) {
        return bytes > 0 ? bytes : Math.round(share * totalBytes);
    }
}
