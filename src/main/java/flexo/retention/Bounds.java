package flexo.retention;

import java.util.Collection;
import java.util.OptionalLong;

/**
 * How many bytes have to go, by what the settings say of a disk that is so full. Pure.
 *
 * @param settings what is kept
 * @param space how full the disk is
 */
record Bounds(RetentionSettings settings, DiskSpace.Space space) {
    /** How far below a limit it goes, or above what is to stay free, as a part of that: not to be back at once. */
    private static final int MARGIN = 10;
    /** How much more room is made for new files than they need, as a part of the disk: an update brings hundreds. */
    private static final int MARGIN_OF_DISK = 100;

    /** What must go so that the cache, which takes so much, keeps its limit; 0 or less if it does. */
    long excess(long bytes) {
        OptionalLong limit = settings.cacheSizeLimit(space);
        return limit.isEmpty() ? 0 : beyond(bytes, limit.getAsLong());
    }

    /** What must go so that enough is free when so much is usable; 0 or less if it is. */
    long lack(long usableBytes) {
        long wanted = settings.minFree(space).orElse(0);
        return usableBytes >= wanted ? 0 : wanted + wanted / MARGIN - usableBytes;
    }

    /** Whether less is free than is wanted. */
    boolean isDiskTooFull() {
        return lack(space.usableBytes()) > 0;
    }

    /** What must go of a repository with rules of its own, which takes so much; 0 or less if it keeps its limit. */
    long excess(String key, long bytes) {
        OptionalLong limit = settings.rulesOf(key).sizeLimitBytes();
        return limit.isEmpty() ? 0 : beyond(bytes, limit.getAsLong());
    }

    /** Whether anything must go, as the cache takes so much. */
    boolean areExceeded(Occupied occupied) {
        return excess(occupied.bytes()) > 0
                || isDiskTooFull()
                || occupied.limited().entrySet().stream()
                        .anyMatch(repository -> excess(repository.getKey(), repository.getValue()) > 0);
    }

    /** Whether more can be written to a directory without anything having to go. */
    boolean allow(Occupied occupied, String directory, long more) {
        String key = settings.limitKey(directory);
        Occupied then = occupied.plus(key, more);
        return excess(then.bytes()) <= 0
                && lack(space.usableBytes() - more) <= 0
                && (key.isEmpty() || excess(key, then.limited().get(key)) <= 0);
    }

    /** What must go of something that takes so much, so that it keeps a limit; 0 or less if it does. */
    static long beyond(long bytes, long limit) {
        return bytes <= limit ? 0 : bytes - (limit - limit / MARGIN);
    }

    /** Whether it would not help somebody who needs so much if all that can be spared went. */
    static boolean isHopeless(long wanted, long usableBytes, long spareBytes) {
        return wanted > usableBytes + spareBytes;
    }

    /**
     * What must go for those who need room, but for those to whom it would be no help; 0 if enough is usable.
     *
     * @param wanted by each of them, how many bytes are to be usable
     * @param usableBytes how many are
     * @param spareBytes how many can go at most
     */
    long lack(Collection<Long> wanted, long usableBytes, long spareBytes) {
        long most = wanted.stream()
                .filter(bytes -> !isHopeless(bytes, usableBytes, spareBytes))
                .reduce(0L, Math::max);
        long margin = Math.min(space.totalBytes() / MARGIN_OF_DISK, spareBytes / MARGIN);
        return most <= usableBytes ? 0 : Math.min(most - usableBytes + margin, spareBytes);
    }
}
