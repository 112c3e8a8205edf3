package flexo.cache;

import flexo.alpm.RepositoryPath;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which cached files have been read and found to be what their database demands, so that each is read only once; a file
 * that was touched since does not count. Kept in memory only, bounded. Safe for threads.
 */
public final class VerifiedFiles {
    private static final int CAPACITY = 20_000;

    private record Verified(ContentHead head, String sha256) {}

    /** By path, the one asked for last at the end. Guarded by itself. */
    private final Map<String, Verified> files = new LinkedHashMap<>(16, 0.75f, true);

    /** None yet. */
    public VerifiedFiles() {}

    /** Whether the file that has this size and time now was found to have this SHA-256. */
    public boolean contains(RepositoryPath path, ContentHead head, String sha256) {
        synchronized (files) {
            return new Verified(head, sha256).equals(files.get(path.toString()));
        }
    }

    /** Notes that the file that has this size and time has this SHA-256. */
    public void add(RepositoryPath path, ContentHead head, String sha256) {
        synchronized (files) {
            files.put(path.toString(), new Verified(head, sha256));
            if (files.size() > CAPACITY) {
                files.remove(files.keySet().iterator().next());
            }
        }
    }

    /** Forgets what was noted of a file. */
    public void forget(RepositoryPath path) {
        synchronized (files) {
            files.remove(path.toString());
        }
    }
}
