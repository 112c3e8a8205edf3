package flexo.cache;

import flexo.alpm.RepositoryPath;

/**
 * Which cached files have been read and found to be what their database demands, so that each is read only once; a file
 * that was touched since does not count. Kept in memory only, bounded. Safe for threads.
 */
public final class VerifiedFiles {
    private static final int PART_OF_HEAP = 32;
    /** Of an entry, beside the letters of its path. */
    private static final int OVERHEAD_BYTES = 350;

    private record Verified(ContentHead head, String sha256) {}

    /** By path. Guarded by itself. */
    private final RecentlyUsed<String, Verified> files;

    /** None yet. */
    public VerifiedFiles() {
        this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }

    VerifiedFiles(long mostBytes) {
        files = new RecentlyUsed<>(mostBytes, (path, any) -> (long) OVERHEAD_BYTES + path.length());
    }

    /** Whether the file that has this size and time now was found to have this SHA-256. */
    public boolean contains(RepositoryPath path, ContentHead head, String sha256) {
        synchronized (files) {
            return new Verified(head, sha256).equals(files.get(path.toString()));
        }
    }

    /** Whether the file that has this size and time now was found to be what its database demanded then. */
    public boolean contains(RepositoryPath path, ContentHead head) {
        synchronized (files) {
            Verified known = files.get(path.toString());
            return known != null && known.head().equals(head);
        }
    }

    /** Notes that the file that has this size and time has this SHA-256. */
    public void add(RepositoryPath path, ContentHead head, String sha256) {
        synchronized (files) {
            files.put(path.toString(), new Verified(head, sha256));
        }
    }

    int size() {
        synchronized (files) {
            return files.size();
        }
    }

    /** Forgets what was noted of a file. */
    public void forget(RepositoryPath path) {
        synchronized (files) {
            Verified unused = files.remove(path.toString());
        }
    }
}
