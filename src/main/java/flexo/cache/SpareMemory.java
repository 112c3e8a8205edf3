package flexo.cache;

/**
 * The memory that files may take which the disk does not: a bound for all of them together.
 *
 * <p>Each file on its way gets an equal share, but never less than it needs to get on; a database that is held whole is
 * taken from what is shared. Guarded by its own monitor.
 */
public final class SpareMemory {
    /** Less would make a mirror wait for each round trip to a client. */
    static final long LEAST_SHARE_BYTES = 256 * 1024;
    /** More would not make anything faster. */
    static final long LARGEST_SHARE_BYTES = 16 << 20;

    private final long totalBytes;
    private int sharing;
    private long heldBytes;

    /** So many bytes. */
    public SpareMemory(long totalBytes) {
        this.totalBytes = totalBytes;
    }

    /** A quarter of what this process may have. */
    public static SpareMemory ofThisProcess() {
        return new SpareMemory(Runtime.getRuntime().maxMemory() / 4);
    }

    /** One more file needs a share. */
    synchronized void begin() {
        sharing++;
    }

    /** One file needs its share no longer. */
    synchronized void end() {
        sharing--;
    }

    /** What one file may take at present, in bytes. */
    synchronized long shareBytes() {
        long share = (totalBytes - heldBytes) / Math.max(1, sharing);
        return Math.max(LEAST_SHARE_BYTES, Math.min(LARGEST_SHARE_BYTES, share));
    }

    /** Takes memory for a file that is held whole, if there is so much; it is given back by {@link #letGo}. */
    synchronized boolean hold(long bytes) {
        if (heldBytes + bytes > totalBytes) {
            return false;
        }
        heldBytes += bytes;
        return true;
    }

    synchronized void letGo(long bytes) {
        heldBytes -= bytes;
    }

    /** How many files have a share. */
    public synchronized int sharing() {
        return sharing;
    }
}
