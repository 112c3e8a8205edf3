package flexo.retention;

import java.util.Collection;
import java.util.OptionalLong;

/**
 * How many bytes have to go, by the settings and the state of the disk. Pure.
 *
 * @param settings what is kept
 * @param space how full the disk is
 */
record Bounds(RetentionSettings settings, DiskSpace.Space space) {
    /** How far below a limit it goes, or above what is to stay free, as a part of that: not to be back at once. */
    private static final int MARGIN = 10;
    /** How much more room is made for new files than they need, as a part of the disk: an update brings hundreds. */
    private static final int MARGIN_OF_DISK = 100;

    /**
     * What must go so that a limit is kept.
     *
     * @param key the directory of a repository with a limit of its own, or {@link Occupied#ALL}
     * @param bytes what it takes
     * @return 0 or less if it keeps its limit
     */
    long excess(String key, long bytes) {
        OptionalLong limit = key.equals(Occupied.ALL)
                ? settings.cacheSizeLimit(space)
                : settings.rulesOf(key).sizeLimitBytes();
        return limit.isEmpty() || bytes <= limit.getAsLong()
                ? 0
                : bytes - (limit.getAsLong() - limit.getAsLong() / MARGIN);
    }

    /** What must go so that enough is free when so much is usable; 0 or less if it is. */
    long lack(long usableBytes) {
        long wanted = settings.minFree(space).orElse(0);
        return usableBytes >= wanted ? 0 : wanted + wanted / MARGIN - usableBytes;
    }

    /** Whether anything must go. */
    boolean areExceeded(Occupied occupied) {
        return areExceeded(occupied, space.usableBytes());
    }

    /** Whether more can be written to a directory and nothing has to go for it. */
    boolean allow(Occupied occupied, String directory, long more) {
        return !areExceeded(occupied.plus(settings.limitKey(directory), more), space.usableBytes() - more);
    }

    private boolean areExceeded(Occupied occupied, long usableBytes) {
        return lack(usableBytes) > 0
                || occupied.bytes().entrySet().stream().anyMatch(part -> excess(part.getKey(), part.getValue()) > 0);
    }

    /**
     * What must go for those who need room; 0 if enough is usable. A file that would not fit even if everything went gets
     * nothing.
     *
     * @param wanted what each of them needs
     * @param usableBytes how many are usable
     * @param spareBytes how many can go at most
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
