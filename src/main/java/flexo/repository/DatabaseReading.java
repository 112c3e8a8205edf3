package flexo.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * The reading of databases, only so many at once: a database takes some megabytes while it is read, and clients choose how
 * many are asked for. Who comes later waits. Safe for threads.
 */
public final class DatabaseReading {
    private final DatabaseLimits limits;
    private final Semaphore free;

    /**
     * For this many at once.
     *
     * @param limits how much each may cost
     */
    public DatabaseReading(DatabaseLimits limits, int turns) {
        this.limits = limits;
        this.free = new Semaphore(turns, true);
    }

    /** Reads a database as {@link DatabaseReader#read(Path, DatabaseLimits)}, when it is its turn. */
    public RepositoryDatabase read(Path file)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        free.acquireUninterruptibly();
        try {
            return DatabaseReader.read(file, limits);
        } finally {
            free.release();
        }
    }

    /** Reads a database as {@link DatabaseReader#read(InputStream, DatabaseLimits)}, when it is its turn. */
    public RepositoryDatabase read(InputStream bytes)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        free.acquireUninterruptibly();
        try {
            return DatabaseReader.read(bytes, limits);
        } finally {
            free.release();
        }
    }

    /** Reads a database as {@link DatabaseReader#relations}, when it is its turn. */
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
