package flexo.retention;

import flexo.alpm.FileKind;
import flexo.alpm.PackageFileName;
import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Lists the cache for people who search for a file or want one removed. Each call reads the directory anew. Signatures
 * are not listed, since they come and go with their files; links and hidden names are skipped.
 */
public final class CacheListing {
    /** The most files in one listing. */
    public static final int MOST = 200;

    private static final int DIRECTORIES_MOST = 2000;
    /** A request that has found a file has opened it by then. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final PackageCache cache;
    private final VerifiedFiles verified;
    private final LastUses uses;
    private final OpenFiles openFiles;
    private final ScheduledExecutorService timer;
    private final Executor storage;

    /**
     * A file in the cache.
     *
     * @param modified its modification time, which is the mirror's
     * @param lastUse the last use by a client; empty if there was none since recording began
     * @param verified whether it matches the entry in its database
     */
    public record Listed(
            RepositoryPath path, long bytes, Instant modified, Optional<Instant> lastUse, boolean verified) {}

    /**
     * A page of a listing.
     *
     * @param directories the names of subdirectories; empty for a search
     * @param files sorted by path
     * @param more whether there are more files
     */
    public record Part(List<String> directories, List<Listed> files, boolean more) {
        public Part {
            directories = List.copyOf(directories);
            files = List.copyOf(files);
        }
    }

    /**
     * Lists this cache.
     *
     * @param timer ends the wait for requests that have found a file to be removed, but do not open it
     * @param storage removes files
     */
    public CacheListing(
            PackageCache cache,
            VerifiedFiles verified,
            LastUses uses,
            OpenFiles openFiles,
            ScheduledExecutorService timer,
            Executor storage) {
        this.cache = cache;
        this.verified = verified;
        this.uses = uses;
        this.openFiles = openFiles;
        this.timer = timer;
        this.storage = storage;
    }

    /**
     * Lists a directory.
     *
     * @param place the directory below the cache's root, without leading or trailing slashes; empty for the root itself
     * @param after lists only names behind this one; empty for all
     * @throws IOException if it cannot be read
     */
    public Part browse(String place, String after) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        List<String> directories = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory(place))) {
            for (Path entry : stream) {
                String name = entry.getFileName().toString();
                if (isShown(name) && name.compareTo(after) > 0) {
                    names.add(name);
                    if (names.size() > MOST + DIRECTORIES_MOST) {
                        names.pollLast();
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return new Part(List.of(), List.of(), false);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        List<Listed> files = new ArrayList<>();
        for (String name : names) {
            Path file = directory(place).resolve(name);
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                directories.add(name);
            } else if (files.size() <= MOST) {
                listed(file).ifPresent(files::add);
            }
        }
        return part(directories, files);
    }

    /**
     * Finds files whose names contain some text, ignoring case.
     *
     * @throws IOException if the cache directory cannot be read
     */
    public Part search(String text) throws IOException {
        String wanted = text.toLowerCase(Locale.ROOT);
        List<Listed> found = files(name -> name.toLowerCase(Locale.ROOT).contains(wanted), MOST + 1);
        return part(List.of(), found);
    }

    private static Part part(List<String> directories, List<Listed> files) {
        boolean more = files.size() > MOST;
        return new Part(directories, more ? files.subList(0, MOST) : files, more);
    }

    /**
     * Removes a file with its signature. Current readers can finish.
     *
     * @return completed with whether it existed; fails with an {@link UncheckedIOException} on a disk error
     */
    public CompletionStage<Boolean> evict(RepositoryPath path) {
        Optional<CacheEntry> entry = cache.find(path);
        if (entry.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Void> patience = new CompletableFuture<>();
        Runnable patienceIsOver = () -> patience.complete(null);
        ScheduledFuture<?> timeout = timer.schedule(patienceIsOver, PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        return openFiles
                .claimWhenSettled(List.of(path, path.signature()), patience)
                .thenApplyAsync(
                        claim -> {
                            timeout.cancel(false);
                            return remove(path, entry.get(), claim);
                        },
                        storage);
    }

    private boolean remove(RepositoryPath path, CacheEntry entry, OpenFiles.Claim granted) {
        try (OpenFiles.Claim claim = granted) {
            boolean removed = cache.evict(claim, path, entry);
            verified.forget(path);
            uses.forget(path);
            return removed;
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be removed", e);
        }
    }

    /**
     * Finds the files of a package, in all versions and repositories.
     *
     * @throws IOException if the cache directory cannot be read
     */
    public List<RepositoryPath> ofPackage(String name) throws IOException {
        return files(
                        file -> PackageFileName.parse(file)
                                .filter(parsed -> parsed.name().equals(name))
                                .isPresent(),
                        Integer.MAX_VALUE)
                .stream()
                .map(Listed::path)
                .toList();
    }

    private List<Listed> files(Predicate<String> wanted, int most) throws IOException {
        List<Listed> found = new ArrayList<>();
        Files.walkFileTree(cache.root().toRealPath(), new SimpleFileVisitor<>() {
            private boolean isRoot = true;

            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean hidden = !isRoot && directory.getFileName().toString().startsWith(".");
                isRoot = false;
                return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (attributes.isRegularFile() && isShown(name) && wanted.test(name)) {
                    listed(file, attributes).ifPresent(found::add);
                }
                return found.size() < most ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
                // The sweep logs it.
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(Comparator.comparing(listed -> listed.path().toString()));
        return found;
    }

    private static boolean isShown(String name) {
        FileKind kind = FileKind.of(name);
        return !name.startsWith(".") && kind != FileKind.SIGNATURE && kind != FileKind.DATABASE_SIGNATURE;
    }

    private Path directory(String place) throws IOException {
        return cache.root().toRealPath().resolve(place);
    }

    private Optional<Listed> listed(Path file) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? listed(file, attributes) : Optional.empty();
        } catch (IOException e) {
            // It has just been removed.
            return Optional.empty();
        }
    }

    /** Empty if no client can request it, or it is a partial file of Flexo. */
    private Optional<Listed> listed(Path file, BasicFileAttributes attributes) {
        try {
            Path root = cache.root().toRealPath();
            RepositoryPath path = RepositoryPath.ofDecoded(root.relativize(file)
                    .toString()
                    .replace(file.getFileSystem().getSeparator(), "/"));
            return cache.find(path)
                    .map(entry -> new Listed(
                            path,
                            attributes.size(),
                            entry.head().lastModified(),
                            uses.lastUse(path).map(uses::onTheClock),
                            verified.contains(path, entry.head())));
        } catch (RefusedPathException | IOException e) {
            return Optional.empty();
        }
    }
}
