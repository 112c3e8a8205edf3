package flexo.download;

import flexo.cache.PartFile;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the readers of one download are, so that bytes in memory are kept for as long as one of them needs them, and no
 * longer: one who holds the others up is left behind, with a mark from which it can go on elsewhere.
 *
 * <p>Readers are told apart by their wake-ups. Guarded by the monitor of its {@link Download}.
 */
final class Followers {
    private final Map<Runnable, Long> positions = new HashMap<>();
    private final Map<Runnable, PartFile.Mark> leftBehind = new HashMap<>();
    /** Of those who had read nothing when others were left behind; null before that. */
    private PartFile.Mark start;

    /** A reader has everything below a position. */
    void at(Runnable reader, long position) {
        if (!leftBehind.containsKey(reader)) {
            positions.put(reader, position);
        }
    }

    void gone(Runnable reader) {
        positions.remove(reader);
        leftBehind.remove(reader);
    }

    /** Below what position nobody needs anything any more. */
    long needed(int readers) {
        long lowest =
                positions.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
        return start == null && readers > positions.size() + leftBehind.size() ? 0 : lowest;
    }

    /** From where a reader has to go on elsewhere; null if it need not. */
    PartFile.Mark leftBehind(Runnable reader, long position, PartFile part) {
        PartFile.Mark mark = leftBehind.get(reader);
        if (mark == null && start != null && part.hasForgotten(position)) {
            mark = start;
        }
        return mark != null && position >= mark.position() ? mark : null;
    }

    /** Whether there is anybody who needs bytes that are still to come. */
    boolean any(int readers) {
        return readers > leftBehind.size();
    }

    /** Leaves all behind who are in the first half of what is in memory, or have not begun. */
    void leaveSlowOnesBehind(PartFile part, int readers) {
        if (start == null && readers > positions.size() + leftBehind.size()) {
            start = part.mark(0);
        }
        long middle = part.middle();
        positions.entrySet().removeIf(reader -> {
            if (reader.getValue() >= middle) {
                return false;
            }
            PartFile.Mark mark = part.mark(reader.getValue());
            leftBehind.put(reader.getKey(), part.hasForgotten(mark.position()) ? start : mark);
            return true;
        });
    }
}
