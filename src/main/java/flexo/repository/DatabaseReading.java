package flexo.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Limits how many databases are read at once: each takes some megabytes while it is read, and clients choose how many
 * are requested. Further callers wait. Thread-safe.
 */
public final class DatabaseReading {
    private final DatabaseLimits limits;
    private final Semaphore free;

    /**
     * Allows this many at once.
     *
     * @param limits the cost limits of each
     */
    public DatabaseReading(DatabaseLimits limits, int turns) {
        this.limits = limits;
        this.free = new Semaphore(turns, true);
    }

    /** Reads a database like {@link DatabaseReader#read(Path, DatabaseLimits)}; waits for a turn. */
    public RepositoryDatabase read(Path file)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        free.acquireUninterruptibly();
        try {
            return DatabaseReader.read(file, limits);
        } finally {
            free.release();
        }
    }

    /** Reads a database like {@link DatabaseReader#read(InputStream, DatabaseLimits)}; waits for a turn. */
    public RepositoryDatabase read(InputStream bytes)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        free.acquireUninterruptibly();
        try {
            return DatabaseReader.read(bytes, limits);
        } finally {
            free.release();
        }
    }

    /** Reads a database like {@link DatabaseReader#relations}; waits for a turn. */
    public List<PackageRelations> relations(Path file)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        free.acquireUninterruptibly();
        try {
            return DatabaseReader.relations(file, limits);
        } finally {
            free.release();
        }
    }
}
