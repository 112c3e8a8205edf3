package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.PartFile;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The readers of one {@link Download}: how many there are, who waits for more, and where they are in what is in memory.
 *
 * <p>Bytes in memory are kept for as long as one reader needs them, and no longer; while they take all they may, who
 * fetches them waits. A reader who holds the others up is left behind, with a mark from which it can go on elsewhere.
 *
 * <p>Readers are told apart by their wake-ups. Guarded by the monitor of its download; whoever is to be told of something
 * is returned, and told outside it.
 */
final class Readers {
    private static final Logger LOG = Logger.getLogger(Readers.class.getName());
    /** How much of its share what is in memory may take for more to be fetched: who is slow is found out by that. */
    private static final double ROOMY = 0.5;

    private final RepositoryPath path;

    private int count = 1;
    private final Set<Runnable> waiting = new LinkedHashSet<>();
    /** Of those who have begun: below it they have everything. */
    private final Map<Runnable, Long> positions = new HashMap<>();

    private final Map<Runnable, PartFile.Mark> leftBehind = new HashMap<>();
    /** Of those who had read nothing when others were left behind; null before that. */
    private PartFile.Mark start;
    /** Who fetches, while there is no room; null otherwise. */
    private Runnable wantsRoom;

    /** One, who has not begun. */
    Readers(RepositoryPath path) {
        this.path = path;
    }

    /** One more. */
    void enter() {
        count++;
    }

    /** One less. */
    void leave() {
        count--;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether there is anybody who needs bytes that are still to come. */
    boolean needMore() {
        return count > leftBehind.size();
    }

    /** A reader is to be woken when there is more. */
    void await(Runnable reader) {
        waiting.add(reader);
    }

    /** Takes all who wait now; what is returned wakes each of them once. */
    Runnable takeWaiting() {
        if (waiting.isEmpty()) {
            return () -> {};
        }
        List<Runnable> taken = List.copyOf(waiting);
        waiting.clear();
        return () -> taken.forEach(this::wake);
    }

    private void wake(Runnable reader) {
        try {
            reader.run();
        } catch (RuntimeException e) {
            // None of them is registered any more: one that fails must not cost the others their wake-up.
            LOG.log(Level.WARNING, path + ": one of its readers could not be woken", e);
        }
    }

    /** A reader will read no more. */
    void forget(Runnable reader) {
        waiting.remove(reader);
        positions.remove(reader);
        leftBehind.remove(reader);
    }

    /** A reader has everything below a position. */
    void has(Runnable reader, long position) {
        if (!leftBehind.containsKey(reader)) {
            positions.put(reader, position);
        }
    }

    /** From where a reader has to go on elsewhere; empty if it need not. */
    Optional<PartFile.Mark> leftBehind(Runnable reader, long position, PartFile inMemory) {
        PartFile.Mark mark = leftBehind.get(reader);
        if (mark == null && start != null && inMemory.hasForgotten(position)) {
            mark = start;
        }
        return Optional.ofNullable(mark).filter(known -> position >= known.position());
    }

    /**
     * Who fetches waits, if there is no room for more even without what nobody needs, until there is plenty again.
     *
     * @param written how many bytes readers may have
     * @param roomy returned once by {@link #forgetWhatAllHave}, unless false is returned
     * @return whether it is to wait
     */
    boolean waitForRoom(PartFile inMemory, long written, Runnable roomy) {
        inMemory.forgetBelow(Math.min(written, needed()));
        if (inMemory.fullness() < 1) {
            return false;
        }
        wantsRoom = roomy;
        return true;
    }

    /**
     * Forgets what nobody needs any more.
     *
     * @param written how many bytes readers may have
     * @return who is to be told that there is room now; does nothing if nobody waits for that, or there is not enough
     */
    Runnable forgetWhatAllHave(PartFile inMemory, long written) {
        inMemory.forgetBelow(Math.min(written, needed()));
        if (wantsRoom == null || inMemory.fullness() > ROOMY) {
            return () -> {};
        }
        Runnable taken = wantsRoom;
        wantsRoom = null;
        return taken;
    }

    /** Below what position nobody needs anything any more. */
    private long needed() {
        return start == null && someHaveNotBegun()
                ? 0
                : positions.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    }

    private boolean someHaveNotBegun() {
        return count > positions.size() + leftBehind.size();
    }

    /**
     * Leaves all behind who are in the first half of what is in memory, or have not begun, if others wait for more.
     *
     * @return whether others do
     */
    boolean leaveSlowOnesBehind(PartFile inMemory) {
        if (waiting.isEmpty()) {
            return false;
        }
        if (start == null && someHaveNotBegun()) {
            start = inMemory.mark(0);
        }
        long middle = inMemory.middle();
        positions.entrySet().removeIf(reader -> {
            if (reader.getValue() >= middle) {
                return false;
            }
            PartFile.Mark mark = inMemory.mark(reader.getValue());
            leftBehind.put(reader.getKey(), inMemory.hasForgotten(mark.position()) ? start : mark);
            return true;
        });
        return true;
    }
}
