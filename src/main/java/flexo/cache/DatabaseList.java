package flexo.cache;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The databases with generations in the cache, and their last use by clients; kept in one file, so that a start need
 * not search the directory. Thread-safe.
 */
public final class DatabaseList {
    private static final Logger LOG = Logger.getLogger(DatabaseList.class.getName());
    /** The resolution of uses, which saves writes. */
    private static final Duration USES_APART = Duration.ofHours(6);

    /** Each archived day has a handful of databases. */
    private static final int MOST_BYTES = 8 << 20;

    private final NoteFile file;
    /** Far more than there are repositories; archived days may exceed it. */
    static final int MOST = 4000;

    /** In LRU order. Guarded by itself, as are the next two. */
    private final Map<RepositoryPath, Instant> lastUses = new LinkedHashMap<>(16, 0.75f, true);

    /** The same databases by directory. */
    private final Map<String, List<RepositoryPath>> byDirectory = new HashMap<>();

    private boolean dirty;

    /** The databases last read from the file, or written to it. Guarded by {@code storing}. */
    private final Set<RepositoryPath> known = new HashSet<>();

    /** Held while the file is written; taken before {@code lastUses}. */
    private final Object storing = new Object();

    private DatabaseList(Path file) {
        this.file = new NoteFile(file, "After a restart databases are refreshed again only when clients ask for them");
    }

    /**
     * Loads the list of a cache. Invalid lines are skipped; a missing database is found again when a client requests
     * it.
     *
     * @param notes the directory of notes; need not exist yet
     */
    public static DatabaseList read(Path notes) {
        DatabaseList list = new DatabaseList(notes.resolve("databases"));
        try {
            list.noted().forEach(list::take);
            list.dropOldest();
            list.known.addAll(list.lastUses.keySet());
        } catch (IOException e) {
            LOG.log(Level.WARNING, list.file + ": cannot be read; the databases are found again one by one", e);
        }
        return list;
    }

    /** The lines of the file; none before the first start. */
    private List<String> noted() throws IOException {
        return SmallFile.readText(file.path(), MOST_BYTES).orElse("").lines().toList();
    }

    /** Databases that another instance with the same directory of notes has added. */
    private List<String> others(Set<RepositoryPath> ours) {
        try {
            return noted().stream()
                    .filter(line -> parse(line)
                            .filter(database -> !ours.contains(database) && !known.contains(database))
                            .isPresent())
                    .limit(Math.max(0, MOST - ours.size()))
                    .toList();
        } catch (IOException e) {
            LOG.log(Level.FINE, e, () -> file + " cannot be read, and is replaced");
            return List.of();
        }
    }

    private static Optional<RepositoryPath> parse(String line) {
        if (!line.matches("\\d{1,18} .+")) {
            return Optional.empty();
        }
        try {
            return Optional.of(RepositoryPath.parse("/" + line.substring(line.indexOf(' ') + 1)));
        } catch (RefusedPathException e) {
            return Optional.empty();
        }
    }

    private void take(String line) {
        String[] fields = line.split(" ", 2);
        try {
            put(RepositoryPath.parse("/" + fields[1]), Instant.ofEpochSecond(Long.parseLong(fields[0])));
        } catch (RefusedPathException | RuntimeException e) {
            LOG.log(Level.WARNING, "{0}: left out what cannot be read: {1}", new Object[] {file, line});
        }
    }

    /** All databases. */
    public List<RepositoryPath> all() {
        synchronized (lastUses) {
            return List.copyOf(lastUses.keySet());
        }
    }

    /** The databases last used at this time or later. */
    public List<RepositoryPath> usedSince(Instant time) {
        synchronized (lastUses) {
            return lastUses.entrySet().stream()
                    .filter(use -> !use.getValue().isBefore(time))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    /**
     * Adds a database; a new one counts as just used.
     *
     * @return the databases evicted for it; they are found again when a client requests them
     */
    public List<RepositoryPath> add(RepositoryPath database, Instant now) {
        synchronized (lastUses) {
            if (lastUses.containsKey(database)) {
                return List.of();
            }
            put(database, now);
            dirty = true;
            return dropOldest();
        }
    }

    private List<RepositoryPath> dropOldest() {
        List<RepositoryPath> dropped = new ArrayList<>();
        Iterator<RepositoryPath> oldest = lastUses.keySet().iterator();
        while (lastUses.size() > MOST) {
            RepositoryPath first = oldest.next();
            oldest.remove();
            List<RepositoryPath> beside = byDirectory.get(first.directory());
            beside.remove(first);
            if (beside.isEmpty()) {
                byDirectory.remove(first.directory());
            }
            dropped.add(first);
        }
        return dropped;
    }

    private void put(RepositoryPath database, Instant lastUse) {
        if (lastUses.put(database, lastUse) == null) {
            byDirectory
                    .computeIfAbsent(database.directory(), directory -> new ArrayList<>(1))
                    .add(database);
        }
    }

    /**
     * Notes a use of all databases in a directory.
     *
     * @return these databases
     */
    public List<RepositoryPath> usedIn(String directory, Instant now) {
        synchronized (lastUses) {
            List<RepositoryPath> databases = List.copyOf(byDirectory.getOrDefault(directory, List.of()));
            databases.forEach(database -> used(database, now));
            return databases;
        }
    }

    /** Notes a use of a database, if it is in the list. */
    public void used(RepositoryPath database, Instant now) {
        synchronized (lastUses) {
            Instant before = lastUses.get(database);
            if (before != null && Duration.between(before, now).abs().compareTo(USES_APART) > 0) {
                lastUses.put(database, now);
                dirty = true;
            }
        }
    }

    /** Writes the list if it has changed; after an error the next call tries again. */
    public void store() {
        synchronized (storing) {
            synchronized (lastUses) {
                if (!dirty) {
                    return;
                }
                dirty = false;
            }
            List<String> lines = new ArrayList<>();
            Set<RepositoryPath> ours;
            synchronized (lastUses) {
                lastUses.forEach((path, use) -> lines.add(use.getEpochSecond() + " " + path.toUrlPath() + "\n"));
                ours = Set.copyOf(lastUses.keySet());
            }
            others(ours).forEach(line -> lines.add(line + "\n"));
            known.clear();
            known.addAll(ours);
            byte[] text = String.join("", lines).getBytes(StandardCharsets.UTF_8);
            if (!file.replace(out -> out.write(text))) {
                synchronized (lastUses) {
                    dirty = true;
                }
            }
        }
    }
}
