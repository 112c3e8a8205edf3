package flexo.cache;

import flexo.alpm.RepositoryPath;

/**
 * Remembers which cached files were read and match their database, so that each is read only once; a file that was
 * modified since does not count. In memory only, bounded, thread-safe.
 */
public final class VerifiedFiles {
    private static final int PART_OF_HEAP = 32;
    /** The memory cost of an entry besides the characters of its path. */
    private static final int OVERHEAD_BYTES = 350;

    private record Verified(ContentHead head, String sha256) {}

    /** By path. Guarded by itself. */
    private final RecentlyUsed<String, Verified> files;

    public VerifiedFiles() {
        this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }

    VerifiedFiles(long mostBytes) {
        files = new RecentlyUsed<>(mostBytes, (path, any) -> (long) OVERHEAD_BYTES + path.length());
    }

    /** Whether the file with this size and time was found to have this SHA-256. */
    public boolean contains(RepositoryPath path, ContentHead head, String sha256) {
        synchronized (files) {
            return new Verified(head, sha256).equals(files.get(path.toString()));
        }
    }

    /** Whether the file with this size and time was found to match its database at that time. */
    public boolean contains(RepositoryPath path, ContentHead head) {
        synchronized (files) {
            Verified known = files.get(path.toString());
            return known != null && known.head().equals(head);
        }
    }

    /** Records that the file with this size and time has this SHA-256. */
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

    /** Forgets a file. */
    public void forget(RepositoryPath path) {
        synchronized (files) {
            Verified unused = files.remove(path.toString());
        }
    }
}
