package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.BytesContent;
import flexo.cache.CacheEntry;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import flexo.cache.FileStamp;
import flexo.cache.PinnedContent;
import flexo.cache.RecentlyUsed;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A directory of locally built packages, served in its current state without copies.
 *
 * <p>Links are followed within the directory, since {@code repo-add} creates some. A database is sent as it was when it
 * was opened, even if {@code repo-add} replaces it meanwhile, and its client gets the signature that was beside it
 * then. Thread-safe.
 */
public final class LocalDirectory {
    private static final int PART_OF_HEAP = 128;
    /** The memory cost of an entry besides the client's name and the signature. */
    private static final int OVERHEAD_BYTES = 300;
    /** More than several signatures need. */
    private static final int SIGNATURE_BYTES_AT_MOST = 64 << 10;

    private final Path root;

    /** By client and database. Guarded by itself. */
    private final RecentlyUsed<String, Given> given = new RecentlyUsed<>(
            Runtime.getRuntime().maxMemory() / PART_OF_HEAP,
            (key, pair) -> (long) OVERHEAD_BYTES
                    + key.length()
                    + pair.signature().map(signature -> signature.length).orElse(0));

    /**
     * A database given to a client.
     *
     * @param state distinguishes it from its successor
     * @param signature the file beside it; empty if there was none
     */
    private record Given(BasicFileAttributes state, Optional<byte[]> signature) {}

    /**
     * Serves a directory.
     *
     * @param root need not exist yet
     */
    public LocalDirectory(Path root) {
        this.root = root;
    }

    /**
     * Opens a file.
     *
     * @param path relative to the directory
     * @param client the client
     * @return empty if the file does not exist, is empty, or is outside
     * @throws IOException if it cannot be read
     */
    Optional<Content> open(RepositoryPath path, Client client) throws IOException {
        try {
            return switch (path.kind()) {
                case DATABASE -> openDatabase(path, client);
                case DATABASE_SIGNATURE -> openDatabaseSignature(path, client);
                default -> openFile(path);
            };
        } catch (NoSuchFileException e) {
            // Removed since it was found.
            return Optional.empty();
        }
    }

    private Optional<Content> openFile(RepositoryPath path) throws IOException {
        Optional<Path> file = find(path);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        BasicFileAttributes attributes = Files.readAttributes(file.get(), BasicFileAttributes.class);
        return Optional.of(new CacheEntry(file.get(), new ContentHead(attributes.size(), modified(attributes))).open());
    }

    private Optional<Content> openDatabase(RepositoryPath path, Client client) throws IOException {
        Optional<Path> file = find(path);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        PinnedContent database = PinnedContent.open(file.get(), "directory");
        try {
            Given pair = new Given(database.attributes(), signature(path.signature()));
            synchronized (given) {
                given.put(client.connection() + " " + path, pair);
                given.put(client.address() + " " + path, pair);
            }
            return Optional.of(database);
        } catch (IOException e) {
            database.close();
            throw e;
        }
    }

    /**
     * While the database is still the one that the client was given, its signature may have been written after it;
     * after a replacement, the signature there belongs to the new one.
     */
    private Optional<Content> openDatabaseSignature(RepositoryPath path, Client client) throws IOException {
        RepositoryPath database = path.signed();
        Given pair;
        synchronized (given) {
            Given byConnection = given.get(client.connection() + " " + database);
            pair = byConnection != null ? byConnection : given.get(client.address() + " " + database);
        }
        Optional<Path> file = find(database);
        if (pair == null || file.isEmpty()) {
            return openFile(path);
        }
        BasicFileAttributes now = Files.readAttributes(file.get(), BasicFileAttributes.class);
        if (FileStamp.of(pair.state()).equals(FileStamp.of(now))) {
            return openFile(path);
        }
        Instant time = modified(pair.state());
        return pair.signature().map(bytes -> new BytesContent(bytes, time));
    }

    private Optional<byte[]> signature(RepositoryPath path) throws IOException {
        Optional<Path> file = find(path);
        return file.isEmpty() || Files.size(file.get()) > SIGNATURE_BYTES_AT_MOST
                ? Optional.empty()
                : Optional.of(Files.readAllBytes(file.get())).filter(bytes -> bytes.length > 0);
    }

    /** The real path of a file; empty if it is no file, is empty, or is outside. */
    private Optional<Path> find(RepositoryPath path) throws IOException {
        try {
            Path real = root.resolve(path.toString()).toRealPath();
            return real.startsWith(root.toRealPath()) && Files.isRegularFile(real) && Files.size(real) > 0
                    ? Optional.of(real)
                    : Optional.empty();
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException | InvalidPathException e) {
            // It does not exist, has a file as a parent, or is a dangling link.
            return Optional.empty();
        }
    }

    private static Instant modified(BasicFileAttributes attributes) {
        return attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** The directory, for people. */
    @Override
    public String toString() {
        return root.toString();
    }
}
