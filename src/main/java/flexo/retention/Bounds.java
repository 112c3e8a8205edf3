package flexo.retention;

import java.util.Collection;
import java.util.OptionalLong;

/**
 * Computes the bytes to remove, from the settings and the state of the disk. Pure.
 *
 * @param settings the retention settings
 * @param space the state of the disk
 */
record Bounds(RetentionSettings settings, DiskSpace.Space space) {
    /**
     * Hysteresis: the fraction of a limit by which a sweep goes beyond it, so that the next file does not exceed it
     * again.
     */
    private static final int MARGIN = 10;
    /** The extra room made with that for a new file, as a fraction of the disk: an update brings hundreds of files. */
    private static final int MARGIN_OF_DISK = 100;

    /**
     * The bytes by which a limit is exceeded.
     *
     * @param key the directory of a repository with a limit of its own, or {@link Occupied#ALL}
     * @param bytes its current size
     * @return 0 or less if the limit is kept
     */
    long excess(String key, long bytes) {
        OptionalLong limit = key.equals(Occupied.ALL)
                ? settings.cacheSizeLimit(space)
                : settings.rulesOf(key).sizeLimitBytes();
        return limit.isEmpty() || bytes <= limit.getAsLong()
                ? 0
                : bytes - (limit.getAsLong() - limit.getAsLong() / MARGIN);
    }

    /** The bytes missing from the free space to keep; 0 or less if none are. */
    long lack(long usableBytes) {
        long wanted = settings.minFree(space).orElse(0);
        return usableBytes >= wanted ? 0 : wanted + wanted / MARGIN - usableBytes;
    }

    /** Whether anything must go. */
    boolean areExceeded(Occupied occupied) {
        return areExceeded(occupied, space.usableBytes());
    }

    /** Whether a directory may grow by that much without any removal. */
    boolean allow(Occupied occupied, String directory, long more) {
        return !areExceeded(occupied.plus(settings.limitKey(directory), more), space.usableBytes() - more);
    }

    private boolean areExceeded(Occupied occupied, long usableBytes) {
        return lack(usableBytes) > 0
                || occupied.bytes().entrySet().stream().anyMatch(part -> excess(part.getKey(), part.getValue()) > 0);
    }

    /**
     * The bytes to remove for waiting downloads; 0 if enough is usable. A file that would not fit even into an empty
     * cache counts for nothing.
     *
     * @param wanted the needs of the downloads
     * @param usableBytes the usable bytes of the disk
     * @param spareBytes the most that can be removed
     */
    long lack(Collection<RoomDemand.Need> wanted, long usableBytes, long spareBytes) {
        long most = wanted.stream()
                .filter(need -> !need.isHopeless(usableBytes, spareBytes))
                .mapToLong(RoomDemand.Need::usableBytes)
                .reduce(0, Math::max);
        long margin = Math.min(space.totalBytes() / MARGIN_OF_DISK, spareBytes / MARGIN);
        return most <= usableBytes ? 0 : Math.min(most - usableBytes + margin, spareBytes);
    }
}
