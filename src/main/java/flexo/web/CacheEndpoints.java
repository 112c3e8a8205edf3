package flexo.web;

import flexo.alpm.FileKind;
import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.database.DatabaseView;
import flexo.database.Databases;
import flexo.retention.CacheListing;
import flexo.web.Query.RefusedException;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/** The endpoints for the contents of the cache, and for changes of single files, packages and databases. */
public final class CacheEndpoints {
    /** Searching a large cache takes seconds. */
    private static final int LOOKS_AT_ONCE = 2;

    private static final int TEXT_MOST = 200;
    private static final Pattern PACKAGE_NAME = Pattern.compile("[a-zA-Z0-9@_+][a-zA-Z0-9@._+-]{0,254}");

    private final CacheListing files;
    private final Databases databases;
    private final Executor storage;
    private final Semaphore looks = new Semaphore(LOOKS_AT_ONCE);

    /**
     * The endpoints of a cache.
     *
     * @param storage reads and writes the cache directory
     */
    public CacheEndpoints(CacheListing files, Databases databases, Executor storage) {
        this.files = files;
        this.databases = databases;
        this.storage = storage;
    }

    /**
     * {@code GET /api/v1/files}: lists {@code directory}, with names behind {@code after}; or all files whose names
     * contain {@code text}.
     */
    public Endpoint files() {
        return Endpoint.asking(Query.action(List.of("directory", "after", "text"), query -> {
            Optional<String> text = query.value("text");
            String directory = query.value("directory").isPresent()
                    ? query.as("directory", CacheEndpoints::path, "path of a directory")
                            .toString()
                    : "";
            if (text.filter(it -> it.length() > TEXT_MOST).isPresent()) {
                throw new RefusedException(
                        HttpServletResponse.SC_BAD_REQUEST, "text has at most " + TEXT_MOST + " letters.");
            }
            if (!looks.tryAcquire()) {
                throw new RefusedException(
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "The cache is already being searched; try again in some seconds.");
            }
            return Query.elsewhere(storage, () -> {
                        CacheListing.Part part = text.isPresent()
                                ? files.search(text.get())
                                : files.browse(directory, query.value("after").orElse(""));
                        return Reply.json(HttpServletResponse.SC_OK, FilesJson.print(part))
                                .with("Cache-Control", "no-store");
                    })
                    .whenComplete((reply, failure) -> looks.release());
        }));
    }

    /** {@code POST /api/v1/evict}: removes one file, all files of a package, or a database; each with its signature. */
    public Endpoint evict() {
        return Endpoint.ordering(Query.action(List.of("path", "package", "database"), query -> {
            if (query.values().size() != 1) {
                throw new RefusedException(
                        HttpServletResponse.SC_BAD_REQUEST, "Give exactly one of path, package and database.");
            }
            if (query.value("database").isPresent()) {
                RepositoryPath database = database(query);
                return Query.elsewhere(storage, () -> evictDatabase(database));
            }
            if (query.value("package").isPresent()) {
                String name = query.as(
                        "package",
                        text -> Optional.of(text)
                                .filter(it -> PACKAGE_NAME.matcher(it).matches()),
                        "name of a package");
                return Query.begunElsewhere(storage, () -> evict(files.ofPackage(name)));
            }
            RepositoryPath path = query.as("path", CacheEndpoints::path, "path of a file");
            if (path.kind() == FileKind.DATABASE || path.kind() == FileKind.DATABASE_SIGNATURE) {
                throw new RefusedException(
                        HttpServletResponse.SC_BAD_REQUEST, path + " is a database: database=" + path + " removes it.");
            }
            return Query.begunElsewhere(storage, () -> evict(List.of(path)));
        }));
    }

    private CompletionStage<Reply> evict(List<RepositoryPath> paths) {
        CompletionStage<List<String>> evicted = CompletableFuture.completedFuture(List.of());
        for (RepositoryPath path : paths) {
            evicted = evicted.thenCombine(files.evict(path), (gone, wasThere) -> {
                List<String> more = new ArrayList<>(gone);
                if (wasThere) {
                    more.add(path.toString());
                }
                return more;
            });
        }
        return evicted.thenApply(gone -> Reply.json(
                gone.isEmpty() ? HttpServletResponse.SC_NOT_FOUND : HttpServletResponse.SC_OK,
                FilesJson.print(gone, List.of())));
    }

    private Reply evictDatabase(RepositoryPath database) {
        if (databases.views().stream().noneMatch(view -> view.path().equals(database))) {
            return Reply.json(HttpServletResponse.SC_NOT_FOUND, FilesJson.print(List.of(), List.of()));
        }
        return databases.evict(database)
                ? Reply.json(HttpServletResponse.SC_OK, FilesJson.print(List.of(database.toString()), List.of()))
                : Reply.json(HttpServletResponse.SC_CONFLICT, FilesJson.print(List.of(), List.of(database.toString())));
    }

    /** {@code POST /api/v1/check}: revalidates a database. */
    public Endpoint check() {
        return Endpoint.ordering(Query.action(List.of("database"), query -> {
            RepositoryPath database = database(query);
            return databases.check(database).thenApply(view -> checked(database, view));
        }));
    }

    private static Reply checked(RepositoryPath database, Optional<DatabaseView> view) {
        return view.map(known -> Reply.json(HttpServletResponse.SC_OK, FilesJson.print(known)))
                .orElseGet(() -> ErrorAnswer.of(
                        HttpServletResponse.SC_NOT_FOUND, database + ": no mirror has given it; the log says why."));
    }

    private static RepositoryPath database(Query query) throws RefusedException {
        return query.as(
                "database",
                text -> path(text).filter(path -> path.kind() == FileKind.DATABASE),
                "path of a database, such as core/os/x86_64/core.db");
    }

    private static Optional<RepositoryPath> path(String text) {
        try {
            return Optional.of(RepositoryPath.ofDecoded(text));
        } catch (RefusedPathException e) {
            return Optional.empty();
        }
    }
}
