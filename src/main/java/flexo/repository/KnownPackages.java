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
 * The package files that the databases of all repositories list: a database speaks for the directory it lies in.
 *
 * <p>A directory may have several databases, or one under several names. Those used last are in memory, as far as the limits
 * allow; any other is read from disk again when it is needed. Days of the archive have a limit of their own, so that they
 * never push out what the repositories list now.
 *
 * <p>Safe for threads: the monitor guards all that changes. While a database is read its directory is locked, so that it is
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
     * How many bytes parsed databases may take.
     *
     * @param currentBytes those of the repositories as they are now
     * @param archivedBytes those of days of the archive
     */
    public record Limits(long currentBytes, long archivedBytes) {
        private static final int CURRENT_PART = 8;
        private static final int ARCHIVED_PART = 16;

        /** An eighth and a sixteenth of the heap. */
        public static Limits ofHeap(long maxBytes) {
            return new Limits(maxBytes / CURRENT_PART, maxBytes / ARCHIVED_PART);
        }
    }

    /** Where databases are read that are not in memory. */
    @FunctionalInterface
    public interface DatabaseSource {
        /** Reads one; empty if it is not there, or cannot be read. May take a second. */
        Optional<RepositoryDatabase> read(RepositoryPath database);
    }

    /** The databases of a directory by their file names. */
    private static final class Directory {
        final Map<String, Known> databases = new HashMap<>();
    }

    /** A database, in memory or not. */
    private static final class Known {
        final RepositoryPath path;
        final Shelf shelf;
        /** Null while it is not in memory. */
        RepositoryDatabase contents;
        /** Which of all states that were taken in it is; 0 for one of an earlier run. */
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

    /** The databases in memory that share a limit, the least recently used first. Only under the monitor. */
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
            // The one that is needed just now stays, however large it is.
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
     * None yet.
     *
     * @param isArchived whether a database is that of a day of the archive
     */
    public KnownPackages(Limits limits, Predicate<RepositoryPath> isArchived) {
        this.current = new Shelf(limits.currentBytes());
        this.archived = new Shelf(limits.archivedBytes());
        this.isArchived = isArchived;
    }

    /** From now on reads databases there that are not in memory. */
    public synchronized void readFrom(DatabaseSource databases) {
        source = databases;
    }

    /** Takes a database in, in place of its former state. */
    public synchronized void put(RepositoryPath database, RepositoryDatabase contents) {
        Known known = known(database);
        known.number = ++count;
        known.take(contents);
    }

    /** Takes a database in that lies on disk, to be read when it is needed. */
    public synchronized void putUnread(RepositoryPath database) {
        known(database);
    }

    /** Takes a database out. */
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

    /** How many bytes the databases in memory take. */
    public synchronized long keptBytes() {
        return current.bytes + archived.bytes;
    }

    /** Whether all that the databases of a directory list is in memory. */
    public synchronized boolean isInMemory(String directory) {
        Directory found = byDirectory.get(directory);
        return found == null || found.databases.values().stream().allMatch(known -> known.contents != null);
    }

    /**
     * What a database beside the file says of it; of several, the one that was taken in last. Reads what is not in memory,
     * which may take a second.
     *
     * @return empty if none lists it
     */
    public Optional<PackageFile> file(RepositoryPath path) {
        return read(path.directory()).stream()
                .flatMap(contents -> contents.file(path.fileName()).stream())
                .findFirst();
    }

    /** The same of the databases that are in memory; never blocks. */
    public Optional<PackageFile> fileInMemory(RepositoryPath path) {
        return inMemory(path.directory()).stream()
                .flatMap(contents -> contents.file(path.fileName()).stream())
                .findFirst();
    }

    /**
     * The directories of which a database is known, in the order of the paths of their files, but for those of the archive, in
     * which nothing ever changes.
     */
    public synchronized List<String> currentDirectories() {
        return byDirectory.entrySet().stream()
                .filter(entry -> entry.getValue().databases.values().stream().anyMatch(known -> known.shelf == current))
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing(directory -> directory + "/"))
                .toList();
    }

    /** All directories of which a database is known, in the order of the paths of their files. */
    public synchronized List<String> directories() {
        return byDirectory.keySet().stream()
                .sorted(Comparator.comparing(directory -> directory + "/"))
                .toList();
    }

    /**
     * The names of the package files that the databases of a directory list, whether they are cached or not, in order. Reads
     * what is not in memory.
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

    /** The databases of a directory, the one that was taken in last first; reads what is not in memory. */
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
                // A newer state has come meanwhile.
                return known.use();
            }
            contents.ifPresentOrElse(known::take, () -> forget(known.path));
            return contents;
        }
    }
}
