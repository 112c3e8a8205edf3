package flexo.cache;

/** The memory that all files together may take which the disk refuses. Guarded by its own monitor. */
public final class SpareMemory {
    private final long totalBytes;
    private long takenBytes;

    /** So many bytes. */
    public SpareMemory(long totalBytes) {
        this.totalBytes = totalBytes;
    }

    /** A quarter of what this process may have. */
    public static SpareMemory ofThisProcess() {
        return new SpareMemory(Runtime.getRuntime().maxMemory() / 4);
    }

    /** Takes memory if there is so much; it is given back by {@link #giveBack}. */
    public synchronized boolean take(long bytes) {
        if (takenBytes + bytes > totalBytes) {
            return false;
        }
        takenBytes += bytes;
        return true;
    }

    /** Gives back what was taken. */
    public synchronized void giveBack(long bytes) {
        takenBytes -= bytes;
    }

    /** How much is taken. */
    public synchronized long takenBytes() {
        return takenBytes;
    }
}
