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
 * All database files. Each is a {@link DatabaseFile}, created on demand; their contents are available to downloads of
 * packages.
 *
 * <p>Databases in use are also checked periodically: clients that list us as a {@code CacheServer} never request
 * databases.
 */
public final class Databases implements FileSource, ExpectedFiles, AutoCloseable {
    /** The time without use after which a database is not refreshed any more. */
    private static final Duration OF_USE_FOR = Duration.ofDays(30);
    /** The limit of directories without a known database that are remembered until the next refresh. */
    private static final int GUESSES_AT_MOST = 1000;

    private static final DownloadFailure STOPPING =
            new DownloadFailure(DownloadFailure.Reason.ABANDONED, "the application is being stopped");

    private final DatabaseContext context;
    private final KnownPackages packages;
    private final DatabaseList list;
    private final InstantSource useTime;

    private final ConcurrentMap<RepositoryPath, Visited> files = new ConcurrentHashMap<>();
    /** Unused open databases: each keeps a file open. */
    private final IdleDatabases idle = new IdleDatabases();

    private final IdleDatabases idleOfArchive = new IdleDatabases();
    /** Databases that may exist beside packages that clients have requested. */
    private final Set<RepositoryPath> guesses = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** A database with the number of its current users. */
    private record Visited(DatabaseFile file, int visitors) {}

    /**
     * Starts with the databases of an earlier run.
     *
     * @param packages receives the contents of databases
     * @param list the known databases; owned by this object from now on
     * @param useTime the timeline of their uses, which ignores clock changes
     * @param openFiles tracks databases in use
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

    /** Learning the head takes a full check. */
    @Override
    public CompletionStage<Opened> openHead(RepositoryPath path, Client client) {
        return open(path, client);
    }

    /** The number of requests answered with a database that was not confirmed in time. */
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

    /**
     * Reads the databases of an earlier run except archived days, so that no request has to wait; may take a second.
     */
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

    /**
     * Notes that a client has requested a package: the databases beside it are in use, even if no client requests them.
     */
    public void packageAsked(RepositoryPath path) {
        boolean known =
                list.usedIn(path.directory(), useTime.instant()).stream().anyMatch(ListedPackages::listsPackages);
        if (!known && guesses.size() < GUESSES_AT_MOST) {
            guesses.add(path.usualDatabase());
        }
    }

    /** Checks all databases in use, and looks for those that may exist; does not block for long. */
    public void refresh() {
        var unused = refresh(List.of(), OF_USE_FOR);
    }

    /**
     * Checks all databases in use, like {@link #refresh()}.
     *
     * @param others further databases to look for
     * @param ofUseFor the time for which an unused database counts as in use
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

    /** The open databases, for people. */
    public List<DatabaseView> views() {
        return files.values().stream()
                .map(Visited::file)
                .flatMap(file -> file.view().stream())
                .sorted(Comparator.comparing(view -> view.path().toString()))
                .toList();
    }

    /**
     * Revalidates a database.
     *
     * @return completed after the check; never fails
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
     * Removes a database; the next client gets a mirror's state, even an older one. Writes to the disk.
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
            // The unofficial repository was removed.
            return CompletableFuture.completedFuture(null);
        }
        return enter(database).refresh().thenRun(() -> leave(database));
    }

    /** All package databases that were fetched, except immutable ones. */
    public List<RepositoryPath> listingPackages() {
        return list.all().stream()
                .filter(ListedPackages::listsPackages)
                .filter(database -> !Archive.isOfDay(database))
                .toList();
    }

    /**
     * Gets the only object of a database, and counts a user; it stays until all users have left, and then only if it
     * has a state.
     */
    private DatabaseFile enter(RepositoryPath database) {
        idleOf(database).remove(database);
        return files.compute(database, (path, present) -> {
                    Visited visited = present == null ? new Visited(new DatabaseFile(path, context), 0) : present;
                    return new Visited(visited.file(), visited.visitors() + 1);
                })
                .file();
    }

    /** Clients may request databases that do not exist: no state is kept for them. */
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

    /** Closes an unused one whose generation is on disk; the next user opens it again. */
    private void letGo(RepositoryPath database) {
        Visited left = files.computeIfPresent(
                database,
                (path, visited) -> visited.visitors() == 0 && visited.file().letGo() ? null : visited);
        if (left != null && left.visitors() == 0) {
            // It is being checked, or not on disk.
            var unused = idleOf(database).add(database);
        }
    }

    /** The number of open databases. */
    public int open() {
        return files.size();
    }

    /** Ends all checks; published generations stay. */
    @Override
    public void close() {
        closed = true;
        files.values().forEach(visited -> visited.file().close(STOPPING));
        list.store();
    }
}
