package flexo.database;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.DatabaseList;
import flexo.cache.Generations;
import flexo.cache.OpenFiles;
import flexo.download.Client;
import flexo.download.DownloadContext;
import flexo.download.DownloadFailedException;
import flexo.download.DownloadFailure;
import flexo.download.ExpectedFile;
import flexo.download.ExpectedFiles;
import flexo.download.FileSource;
import flexo.download.Opened;
import flexo.mirror.Archive;
import flexo.repository.KnownPackages;
import flexo.repository.PackageFile;
import flexo.repository.RepositoryDatabase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * All database files: each is one {@link DatabaseFile}, made when it is asked for; what they list is known to whoever
 * downloads packages.
 *
 * <p>Those that are of use to clients are checked on a schedule of our own, too: clients that list us as a
 * {@code CacheServer} never ask us for databases.
 */
public final class Databases implements FileSource, ExpectedFiles, AutoCloseable {
    /** A database that nobody has needed for so long is not refreshed any more. */
    private static final Duration OF_USE_FOR = Duration.ofDays(30);
    /** So many directories without a known database are remembered from one refresh to the next. */
    private static final int GUESSES_AT_MOST = 1000;

    private static final DownloadFailure STOPPING =
            new DownloadFailure(DownloadFailure.Reason.ABANDONED, "the application is being stopped");

    private final DatabaseContext context;
    private final KnownPackages packages;
    private final DatabaseList list;
    private final InstantSource useTime;

    private final ConcurrentMap<RepositoryPath, Visited> files = new ConcurrentHashMap<>();
    /** Those of them that nobody visits: each keeps a file open. */
    private final IdleDatabases idle = new IdleDatabases();

    private final IdleDatabases idleOfArchive = new IdleDatabases();
    /** Databases that there may be, beside packages that clients have asked for. */
    private final Set<RepositoryPath> guesses = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** A database, and how many are dealing with it at the moment. */
    private record Visited(DatabaseFile file, int visitors) {}

    /**
     * The databases of an earlier run.
     *
     * @param packages learns what the databases list
     * @param list which there are; belongs to this object from now on
     * @param useTime the time in which their uses are noted, which nobody sets
     * @param openFiles learns which databases are on their way
     */
    public Databases(
            DownloadContext downloads,
            Generations generations,
            KnownPackages packages,
            DatabaseList list,
            InstantSource useTime,
            Supplier<DatabaseSettings> settings,
            OpenFiles openFiles) {
        this.context = new DatabaseContext(
                downloads,
                generations,
                settings,
                openFiles,
                new ListedPackages(list, packages, useTime),
                new GivenSignatures(downloads.nanoTime()),
                new LongAdder());
        this.packages = packages;
        this.list = list;
        this.useTime = useTime;
        list.all().stream().filter(ListedPackages::listsPackages).forEach(packages::putUnread);
        packages.readFrom(this::contents);
    }

    @Override
    public CompletionStage<Opened> open(RepositoryPath path, Client client) {
        if (closed) {
            return CompletableFuture.failedFuture(new DownloadFailedException(STOPPING));
        }
        boolean signature = path.kind() == FileKind.DATABASE_SIGNATURE;
        RepositoryPath database = signature ? path.signed() : path;
        list.used(database, useTime.instant());
        DatabaseFile file = enter(database);
        if (closed) {
            // It may have come too late for close() to see it.
            file.close(STOPPING);
        }
        CompletionStage<Opened> opening;
        try {
            opening = signature
                    ? new DatabaseSignature(database, file)
                            .open(client, context.given().take(client, database))
                    : file.open(client);
        } catch (RuntimeException e) {
            leave(database);
            throw e;
        }
        return opening.whenComplete((opened, failure) -> leave(database));
    }

    /** There is no cheaper way to learn the head than to look whether there is something newer. */
    @Override
    public CompletionStage<Opened> openHead(RepositoryPath path, Client client) {
        return open(path, client);
    }

    /** How many requests were answered with a database that no mirror had confirmed in time. */
    public long staleAnswers() {
        return context.staleAnswers().sum();
    }

    @Override
    public Optional<ExpectedFile> known(RepositoryPath path) {
        return packages.isInMemory(path.directory())
                ? Optional.of(expected(packages.fileInMemory(path)))
                : Optional.empty();
    }

    @Override
    public ExpectedFile learned(RepositoryPath path) {
        return expected(packages.file(path));
    }

    private static ExpectedFile expected(Optional<PackageFile> file) {
        return file.map(listed -> new ExpectedFile(
                        listed.sizeBytes() == PackageFile.UNKNOWN_SIZE
                                ? OptionalLong.empty()
                                : OptionalLong.of(listed.sizeBytes()),
                        listed.sha256().isEmpty() ? Optional.empty() : Optional.of(listed.sha256())))
                .orElse(ExpectedFile.UNKNOWN);
    }

    /** Reads the databases of an earlier run but for those of the archive, so that nobody has to wait; may take a second. */
    public void readCurrent() {
        packages.currentDirectories().stream().takeWhile(directory -> !closed).forEach(packages::read);
    }

    private Optional<RepositoryDatabase> contents(RepositoryPath database) {
        DatabaseFile file = enter(database);
        try {
            return file.contents();
        } finally {
            leave(database);
        }
    }

    /** A client has asked for a package: the databases beside it are of use, though nobody may ask for them. */
    public void packageAsked(RepositoryPath path) {
        boolean known =
                list.usedIn(path.directory(), useTime.instant()).stream().anyMatch(ListedPackages::listsPackages);
        if (!known && guesses.size() < GUESSES_AT_MOST) {
            guesses.add(path.usualDatabase());
        }
    }

    /** Checks all databases that are of use, and looks for those that may be; does not block for long. */
    public void refresh() {
        var unused = refresh(List.of(), OF_USE_FOR);
    }

    /**
     * Checks all databases that are of use, as {@link #refresh()}.
     *
     * @param others databases to be looked for, too
     * @param ofUseFor how long a database is of use that no client needs
     * @return completed when all checks are over; never fails
     */
    public CompletionStage<Void> refresh(Collection<RepositoryPath> others, Duration ofUseFor) {
        Set<RepositoryPath> wanted = ConcurrentHashMap.newKeySet();
        wanted.addAll(others);
        wanted.addAll(guesses);
        guesses.clear();
        list.usedSince(useTime.instant().minus(ofUseFor)).stream()
                .filter(database -> !Archive.isOfDay(database))
                .forEach(wanted::add);
        CompletableFuture<?>[] checks = wanted.stream()
                .takeWhile(database -> !closed)
                .map(this::refresh)
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture<?>[]::new);
        list.store();
        return CompletableFuture.allOf(checks);
    }

    /** Those that are open, as people see them. */
    public List<DatabaseView> views() {
        return files.values().stream()
                .map(Visited::file)
                .flatMap(file -> file.view().stream())
                .sorted(Comparator.comparing(view -> view.path().toString()))
                .toList();
    }

    /**
     * Asks mirrors whether there is a newer state of a database.
     *
     * @return completed when that is known, or they have not said; never fails
     */
    public CompletionStage<Optional<DatabaseView>> check(RepositoryPath database) {
        DatabaseFile file = enter(database);
        return file.refresh().thenApply(over -> {
            Optional<DatabaseView> view = file.view();
            leave(database);
            return view;
        });
    }

    /**
     * Forgets a database, which the next client gets from a mirror: also one that is older. Writes to the disk.
     *
     * @return false if it is being checked, and nothing was done
     */
    public boolean evict(RepositoryPath database) {
        DatabaseFile file = enter(database);
        try {
            return file.evict();
        } finally {
            leave(database);
        }
    }

    private CompletionStage<Void> refresh(RepositoryPath database) {
        if (!context.downloads().mirrors().serves(database)) {
            // Of an unofficial repository that is not there any more.
            return CompletableFuture.completedFuture(null);
        }
        return enter(database).refresh().thenRun(() -> leave(database));
    }

    /** The databases that list packages, of all that were fetched, but for those that never change. */
    public List<RepositoryPath> listingPackages() {
        return list.all().stream()
                .filter(ListedPackages::listsPackages)
                .filter(database -> !Archive.isOfDay(database))
                .toList();
    }

    /** The one object of a database; it stays until as many have left, and then only if there is something in it. */
    private DatabaseFile enter(RepositoryPath database) {
        idleOf(database).remove(database);
        return files.compute(database, (path, present) -> {
                    Visited visited = present == null ? new Visited(new DatabaseFile(path, context), 0) : present;
                    return new Visited(visited.file(), visited.visitors() + 1);
                })
                .file();
    }

    /** What clients ask for need not exist: nothing is kept of it. */
    private void leave(RepositoryPath database) {
        Visited left = files.computeIfPresent(database, (path, visited) -> {
            Visited next = new Visited(visited.file(), visited.visitors() - 1);
            return next.visitors() == 0 && next.file().isEmpty() ? null : next;
        });
        if (left != null && left.visitors() == 0) {
            idleOf(database).add(database).ifPresent(this::letGo);
        }
    }

    private IdleDatabases idleOf(RepositoryPath database) {
        return Archive.isOfDay(database) ? idleOfArchive : idle;
    }

    /** Closes one that nobody visits and whose generation is on disk; whoever needs it looks it up again. */
    private void letGo(RepositoryPath database) {
        Visited left = files.computeIfPresent(
                database,
                (path, visited) -> visited.visitors() == 0 && visited.file().letGo() ? null : visited);
        if (left != null && left.visitors() == 0) {
            // It is being checked, or the disk does not have it.
            var unused = idleOf(database).add(database);
        }
    }

    /** How many databases are open. */
    public int open() {
        return files.size();
    }

    /** Ends all checks; what was published stays. */
    @Override
    public void close() {
        closed = true;
        files.values().forEach(visited -> visited.file().close(STOPPING));
        list.store();
    }
}
