package flexo.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the downloads need that wait for room, all of them for the next sweep. It remembers how much the last sweep could free
 * at most: a disk that is full of other things must not cost a sweep for each file that does not fit. Safe for threads.
 */
final class RoomDemand {
    private List<Need> wanted = new ArrayList<>();
    /** What could be removed at most when it last was not enough; empty if that is unknown. */
    private OptionalLong spareBytes = OptionalLong.empty();

    /**
     * The need of one download.
     *
     * @param usableBytes how many bytes are to be usable now
     * @param inTheEndBytes how many will have to be usable for the whole file, as far as its mirror can be believed
     */
    record Need(long usableBytes, long inTheEndBytes) {
        /** Whether the file would not fit even if everything went that can go. */
        boolean isHopeless(long usable, long spare) {
            return inTheEndBytes > usable + spare;
        }
    }

    /**
     * Somebody needs room.
     *
     * @param usableBytes how many bytes are usable; empty if that cannot be told
     * @return whether a sweep may help
     */
    synchronized boolean add(Need need, OptionalLong usableBytes) {
        // As bytes become usable elsewhere, the same spare bytes may suffice.
        boolean hopeless = spareBytes.isPresent()
                && usableBytes.isPresent()
                && need.isHopeless(usableBytes.getAsLong(), spareBytes.getAsLong());
        if (!hopeless) {
            wanted.add(need);
        }
        return !hopeless;
    }

    /** A sweep begins for everybody who waits now; later ones wait for the next sweep. */
    synchronized List<Need> take() {
        List<Need> taken = wanted;
        wanted = new ArrayList<>();
        return taken;
    }

    /** A sweep was not enough for everybody. */
    synchronized void isNotEnough(long bytesThatCouldGo) {
        spareBytes = OptionalLong.of(bytesThatCouldGo);
    }

    /** Perhaps more can be removed now. */
    synchronized void tryAgain() {
        spareBytes = OptionalLong.empty();
    }
}
