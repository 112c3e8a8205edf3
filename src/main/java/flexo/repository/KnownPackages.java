package flexo.repository;

import flexo.alpm.RepositoryPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The package files that all repository databases list. A database covers the directory it lies in.
 *
 * <p>A directory may have several databases, or one under several names. The contents of the least recently used ones
 * are dropped from memory when a limit is exceeded, and read again from disk when they are needed. Archived days have a
 * limit of their own, so that they never evict current databases.
 *
 * <p>Thread-safe: the monitor guards all mutable state. While a database is read its directory is locked, so that all
 * callers share one read; that lock is taken before the monitor.
 * read once for all who need it; that lock is taken before the monitor.
 */
public final class KnownPackages {
    private final Shelf current;
    private final Shelf archived;
    private final Predicate<RepositoryPath> isArchived;
    private final Map<String, Directory> byDirectory = new HashMap<>();
    private DatabaseSource source = database -> Optional.empty();
    private long count;

    /**
     * The memory limits for parsed databases in bytes.
     *
     * @param currentBytes the limit for current databases
     * @param archivedBytes the limit for archived days
     */
    public record Limits(long currentBytes, long archivedBytes) {
        private static final int CURRENT_PART = 8;
        private static final int ARCHIVED_PART = 16;

        /** An eighth and a sixteenth of the heap. */
        public static Limits ofHeap(long maxBytes) {
            return new Limits(maxBytes / CURRENT_PART, maxBytes / ARCHIVED_PART);
        }
    }

    /** Reads databases that are not in memory. */
    @FunctionalInterface
    public interface DatabaseSource {
        /** Reads a database; empty if it does not exist or cannot be read. May take a second. */
        Optional<RepositoryDatabase> read(RepositoryPath database);
    }

    /** The databases of one directory by file name. */
    private static final class Directory {
        final Map<String, Known> databases = new HashMap<>();
    }

    /** A database, in memory or not. */
    private static final class Known {
        final RepositoryPath path;
        final Shelf shelf;
        /** Null while it is not in memory. */
        RepositoryDatabase contents;
        /** The sequence number of its state; 0 for one of an earlier run. */
        long number;

        Known(RepositoryPath path, Shelf shelf) {
            this.path = path;
            this.shelf = shelf;
        }

        void take(RepositoryDatabase read) {
            shelf.put(this, read);
        }

        Optional<RepositoryDatabase> use() {
            if (contents != null) {
                shelf.used(this);
            }
            return Optional.ofNullable(contents);
        }
    }

    /** An LRU list of the databases in memory that share a limit. Guarded by the monitor. */
    private static final class Shelf {
        private final long mostBytes;
        private final Map<Known, Boolean> byUse = new LinkedHashMap<>(16, 0.75f, true);
        private long bytes;

        Shelf(long mostBytes) {
            this.mostBytes = mostBytes;
        }

        void put(Known known, RepositoryDatabase contents) {
            bytes += contents.keptBytes() - (known.contents == null ? 0 : known.contents.keptBytes());
            known.contents = contents;
            byUse.put(known, true);
            Iterator<Known> oldest = byUse.keySet().iterator();
            // The database in use stays, however large it is.
            while (bytes > mostBytes && byUse.size() > 1) {
                Known dropped = oldest.next();
                oldest.remove();
                bytes -= dropped.contents.keptBytes();
                dropped.contents = null;
            }
        }

        void remove(Known known) {
            if (byUse.remove(known) != null) {
                bytes -= known.contents.keptBytes();
            }
        }

        void used(Known known) {
            var unused = byUse.get(known);
        }
    }

    /**
     * Starts empty.
     *
     * @param isArchived whether a database belongs to an archived day
     */
    public KnownPackages(Limits limits, Predicate<RepositoryPath> isArchived) {
        this.current = new Shelf(limits.currentBytes());
        this.archived = new Shelf(limits.archivedBytes());
        this.isArchived = isArchived;
    }

    /** Sets the source of databases that are not in memory. */
    public synchronized void readFrom(DatabaseSource databases) {
        source = databases;
    }

    /** Adds a database, replacing its former state. */
    public synchronized void put(RepositoryPath database, RepositoryDatabase contents) {
        Known known = known(database);
        known.number = ++count;
        known.take(contents);
    }

    /** Adds a database that lies on disk; it is read when needed. */
    public synchronized void putUnread(RepositoryPath database) {
        known(database);
    }

    /** Removes a database. */
    public synchronized void forget(RepositoryPath database) {
        Directory directory = byDirectory.get(database.directory());
        if (directory != null) {
            Known former = directory.databases.remove(database.fileName());
            if (former != null) {
                former.shelf.remove(former);
            }
            if (directory.databases.isEmpty()) {
                byDirectory.remove(database.directory());
            }
        }
    }

    private Known known(RepositoryPath database) {
        return byDirectory
                .computeIfAbsent(database.directory(), directory -> new Directory())
                .databases
                .computeIfAbsent(
                        database.fileName(),
                        name -> new Known(database, isArchived.test(database) ? archived : current));
    }

    /** The memory that parsed databases take, in bytes. */
    public synchronized long keptBytes() {
        return current.bytes + archived.bytes;
    }

    /** Whether all databases of a directory are in memory. */
    public synchronized boolean isInMemory(String directory) {
        Directory found = byDirectory.get(directory);
        return found == null || found.databases.values().stream().allMatch(known -> known.contents != null);
    }

    /**
     * The entry for this file in a database beside it; if several list it, the one added last wins. Reads databases
     * that are not in memory, which may take a second.
     *
     * @return empty if no database lists it
     */
    public Optional<PackageFile> file(RepositoryPath path) {
        return read(path.directory()).stream()
                .flatMap(contents -> contents.file(path.fileName()).stream())
                .findFirst();
    }

    /** Like {@link #file}, but looks only at databases in memory; never blocks. */
    public Optional<PackageFile> fileInMemory(RepositoryPath path) {
        return inMemory(path.directory()).stream()
                .flatMap(contents -> contents.file(path.fileName()).stream())
                .findFirst();
    }

    /**
     * The directories that have a known database, sorted by path, without archived days, which never change.
     */
    public synchronized List<String> currentDirectories() {
        return byDirectory.entrySet().stream()
                .filter(entry -> entry.getValue().databases.values().stream().anyMatch(known -> known.shelf == current))
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing(directory -> directory + "/"))
                .toList();
    }

    /** All directories that have a known database, sorted by path. */
    public synchronized List<String> directories() {
        return byDirectory.keySet().stream()
                .sorted(Comparator.comparing(directory -> directory + "/"))
                .toList();
    }

    /**
     * The sorted names of all package files that the databases of a directory list, cached or not. Reads databases that
     * are not in memory.
     */
    public SortedSet<String> listed(String directory) {
        SortedSet<String> listed = new TreeSet<>();
        read(directory).forEach(contents -> listed.addAll(contents.files().keySet()));
        return listed;
    }

    private synchronized List<RepositoryDatabase> inMemory(String directory) {
        Directory found = byDirectory.get(directory);
        return found == null
                ? List.of()
                : latestFirst(found).stream()
                        .flatMap(known -> known.use().stream())
                        .toList();
    }

    private static List<Known> latestFirst(Directory directory) {
        return directory.databases.values().stream()
                .sorted(Comparator.comparingLong((Known known) -> known.number).reversed())
                .toList();
    }

    /** The databases of a directory, the one added last first. Reads databases that are not in memory. */
    public List<RepositoryDatabase> read(String directory) {
        Directory found;
        synchronized (this) {
            found = byDirectory.get(directory);
            if (isInMemory(directory)) {
                return inMemory(directory);
            }
        }
        List<RepositoryDatabase> contents = new ArrayList<>();
        synchronized (found) {
            List<Known> all;
            synchronized (this) {
                all = latestFirst(found);
            }
            for (Known known : all) {
                read(known).ifPresent(contents::add);
            }
        }
        return contents;
    }

    private Optional<RepositoryDatabase> read(Known known) {
        DatabaseSource from;
        synchronized (this) {
            if (known.contents != null) {
                return known.use();
            }
            from = source;
        }
        Optional<RepositoryDatabase> contents = from.read(known.path);
        synchronized (this) {
            if (known.contents != null) {
                // A newer state was added meanwhile.
                return known.use();
            }
            contents.ifPresentOrElse(known::take, () -> forget(known.path));
            return contents;
        }
    }
}
