package flexo.retention;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Packages whose versions are to be looked at. Not thread-safe. */
final class Looks {
    /** More are a reason to look at everything. */
    private static final int MOST = 2000;

    private final Map<String, Set<String>> names = new HashMap<>();
    private int count;

    /** Adds one of the files of a package, by its directory as in {@link FileGroup#place} and its name. */
    void add(String place, String fileName) {
        if (count < MOST
                && names.computeIfAbsent(place, unused -> new HashSet<>()).add(fileName)) {
            count++;
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether some may have been left out, so that everything has to be looked at. */
    boolean areTooMany() {
        return count >= MOST;
    }

    /** The directories. */
    Set<String> places() {
        return names.keySet();
    }

    /** The names in one of them. */
    Set<String> in(String place) {
        return names.getOrDefault(place, Set.of());
    }
}
