package flexo.cache;

/** The memory pool for files that the disk refuses. Guarded by its own monitor. */
public final class SpareMemory {
    private final long totalBytes;
    private long takenBytes;

    /** A pool of this size. */
    public SpareMemory(long totalBytes) {
        this.totalBytes = totalBytes;
    }

    /** A pool of a quarter of the heap. */
    public static SpareMemory ofThisProcess() {
        return new SpareMemory(Runtime.getRuntime().maxMemory() / 4);
    }

    /** Takes memory if there is enough; return it by {@link #giveBack}. */
    public synchronized boolean take(long bytes) {
        if (takenBytes + bytes > totalBytes) {
            return false;
        }
        takenBytes += bytes;
        return true;
    }

    /** Returns memory to the pool. */
    public synchronized void giveBack(long bytes) {
        takenBytes -= bytes;
    }

    /** The bytes taken. */
    public synchronized long takenBytes() {
        return takenBytes;
    }
}
