package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which mirror answered "not found" for which file a moment ago. Bounded; not thread-safe. */
final class MissingFiles {

    /** How long it is remembered: mirrors are synchronised all the time, so the file may be there soon. */
    static final Duration REMEMBERED = Duration.ofSeconds(20);

    private static final int MOST = 10_000;
    /** Of an entry with the longest path. */
    private static final long ENTRY_BYTES = 2300;

    private static final int PART_OF_HEAP = 64;
    private static final int CAPACITY =
            (int) Math.min(MOST, Runtime.getRuntime().maxMemory() / PART_OF_HEAP / ENTRY_BYTES);

    /** Of JDK types alone: on Java 17 the hash of a record keeps the class of a component, and its loader, for ever. */
    private record Missing(String path, URI mirror) {
        static Missing of(RepositoryPath path, Mirror mirror) {
            return new Missing(path.toString(), mirror.base());
        }
    }

    /** Oldest first, as all are remembered for the same time; the value is when it ends. */
    private final Map<Missing, Instant> until = new LinkedHashMap<>();

    void add(RepositoryPath path, Mirror mirror, Instant now) {
        forgetOld(now);
        Missing missing = Missing.of(path, mirror);
        // Removed first, so that a file that is missed again goes to the young end.
        until.remove(missing);
        if (until.size() >= CAPACITY) {
            until.remove(until.keySet().iterator().next());
        }
        until.put(missing, now.plus(REMEMBERED));
    }

    boolean contains(RepositoryPath path, Mirror mirror, Instant now) {
        Instant end = until.get(Missing.of(path, mirror));
        return end != null && now.isBefore(end);
    }

    void clear() {
        until.clear();
    }

    int size() {
        return until.size();
    }

    private void forgetOld(Instant now) {
        Iterator<Instant> oldest = until.values().iterator();
        while (oldest.hasNext() && !now.isBefore(oldest.next())) {
            oldest.remove();
        }
    }
}
