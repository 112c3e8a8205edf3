package flexo.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Collects the needs of downloads that wait for room, for the next sweep. It remembers the most the last sweep could
 * free: on a disk full of other things, not every file that does not fit may cost a sweep. Thread-safe.
 */
final class RoomDemand {
    private List<Need> wanted = new ArrayList<>();
    /** The most that could be removed when that last was not enough; empty if unknown. */
    private OptionalLong spareBytes = OptionalLong.empty();

    /**
     * The need of one download.
     *
     * @param usableBytes the bytes that must be usable now
     * @param inTheEndBytes the bytes that must be usable for the whole file, as far as its mirror can be trusted
     */
    record Need(long usableBytes, long inTheEndBytes) {
        /** Whether the file would not fit even if everything removable went. */
        boolean isHopeless(long usable, long spare) {
            return inTheEndBytes > usable + spare;
        }
    }

    /**
     * Adds a need.
     *
     * @param usableBytes the usable bytes of the disk; empty if unknown
     * @return whether a sweep may help
     */
    synchronized boolean add(Need need, OptionalLong usableBytes) {
        // When bytes become usable elsewhere, the same spare bytes may suffice.
        boolean hopeless = spareBytes.isPresent()
                && usableBytes.isPresent()
                && need.isHopeless(usableBytes.getAsLong(), spareBytes.getAsLong());
        if (!hopeless) {
            wanted.add(need);
        }
        return !hopeless;
    }

    /** Takes the needs for a sweep that begins; later ones wait for the next sweep. */
    synchronized List<Need> take() {
        List<Need> taken = wanted;
        wanted = new ArrayList<>();
        return taken;
    }

    /** Notes that a sweep did not free enough. */
    synchronized void isNotEnough(long bytesThatCouldGo) {
        spareBytes = OptionalLong.of(bytesThatCouldGo);
    }

    /** Forgets that: more may be removable now. */
    synchronized void tryAgain() {
        spareBytes = OptionalLong.empty();
    }
}
