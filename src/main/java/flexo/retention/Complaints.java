package flexo.retention;

import flexo.cache.DiskFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Warnings about places in the cache that cannot be read or written, each logged once. One thread at a time. */
final class Complaints {
    private static final Logger LOG = Logger.getLogger(RetentionSweep.class.getName());
    /** Any further ones are logged each time. */
    private static final int MOST = 1000;

    private final Path root;
    private final Set<String> told = new HashSet<>();

    /**
     * No complaints yet.
     *
     * @param root the cache directory
     */
    Complaints(Path root) {
        this.root = root;
    }

    /**
     * Logs a problem, unless it was logged before.
     *
     * @param place the path below the cache directory
     * @param what the predicate of the sentence about it
     */
    void tell(String place, String what, IOException e) {
        if (told.size() < MOST && !told.add(place + what)) {
            return;
        }
        LOG.log(Level.WARNING, "{0} {1}: {2}. It is left as it is", new Object[] {
            root.resolve(place), what, DiskFailure.reason(e)
        });
    }
}
