package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Recent "not found" responses by file and mirror. Bounded; not thread-safe. */
final class MissingFiles {

    /** Their lifetime: mirrors synchronise all the time, so the file may be there soon. */
    static final Duration REMEMBERED = Duration.ofSeconds(20);

    private static final int MOST = 10_000;
    /** The memory cost of an entry with the longest path. */
    private static final long ENTRY_BYTES = 2300;

    private static final int PART_OF_HEAP = 64;
    private static final int CAPACITY =
            (int) Math.min(MOST, Runtime.getRuntime().maxMemory() / PART_OF_HEAP / ENTRY_BYTES);

    /** Only JDK types: on Java 17 the hash code of a record keeps a component's class, and so its loader, reachable. */
    private record Missing(String path, URI mirror) {
        static Missing of(RepositoryPath path, Mirror mirror) {
            return new Missing(path.toString(), mirror.base());
        }
    }

    /** The end of each, oldest first, since all have the same lifetime. */
    private final Map<Missing, Instant> until = new LinkedHashMap<>();

    void add(RepositoryPath path, Mirror mirror, Instant now) {
        forgetOld(now);
        Missing missing = Missing.of(path, mirror);
        // Removed first, so that it moves to the young end.
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
