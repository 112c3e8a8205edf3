package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which mirror answered "not found" for which file a moment ago. Bounded; not thread-safe. */
final class MissingFiles {

    /** How long it is remembered: mirrors are synchronised all the time, so the file may be there soon. */
    static final Duration REMEMBERED = Duration.ofSeconds(20);

    private static final int CAPACITY = 10_000;

    private record Missing(RepositoryPath path, Mirror mirror) {}

    /** Oldest first, as all are remembered for the same time; the value is when it ends. */
    private final Map<Missing, Instant> until = new LinkedHashMap<>();

    void add(RepositoryPath path, Mirror mirror, Instant now) {
        forgetOld(now);
        Missing missing = new Missing(path, mirror);
        // Removed first, so that a file that is missed again goes to the young end.
        until.remove(missing);
        if (until.size() >= CAPACITY) {
            until.remove(until.keySet().iterator().next());
        }
        until.put(missing, now.plus(REMEMBERED));
    }

    boolean contains(RepositoryPath path, Mirror mirror, Instant now) {
        Instant end = until.get(new Missing(path, mirror));
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
