package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.FileDigest;
import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Checks cached packages against the databases before they are handed out: one that rotted on disk, or was rebuilt under
 * its name, is removed and fetched again.
 *
 * <p>A file is read when it is asked for the first time; later only its size and time are compared. Reading happens on the
 * storage threads, once for all who wait. Safe for threads.
 */
final class Verification {
    private static final Logger LOG = Logger.getLogger(Verification.class.getName());
    /** Reading a longer file would take too much of a client's patience: it gets all but the last byte meanwhile. */
    private static final long WAITED_FOR_BYTES = 64 << 20;

    /** What to do with a cached file that is asked for. */
    enum Standing {
        /** Hand it out. */
        TRUSTED,
        /** Read it first. */
        UNREAD,
        /** Remove it. */
        WRONG
    }

    private final PackageCache cache;
    private final ExpectedFiles expectedFiles;
    private final VerifiedFiles verified;
    private final Executor storage;
    /** By path; completed with whether the file may be handed out. */
    private final ConcurrentMap<String, CompletableFuture<Boolean>> reading = new ConcurrentHashMap<>();

    Verification(PackageCache cache, ExpectedFiles expectedFiles, VerifiedFiles verified, Executor storage) {
        this.cache = cache;
        this.expectedFiles = expectedFiles;
        this.verified = verified;
        this.storage = storage;
    }

    /** Judges by what is known without reading the file; never blocks. */
    Standing standing(RepositoryPath path, CacheEntry entry) {
        if (path.kind() != FileKind.PACKAGE) {
            return Standing.TRUSTED;
        }
        return expectedFiles
                .known(path)
                .map(expected -> standing(path, entry, expected))
                .orElse(Standing.UNREAD);
    }

    private Standing standing(RepositoryPath path, CacheEntry entry, ExpectedFile expected) {
        if (expected.sizeBytes().isPresent()
                && expected.sizeBytes().getAsLong() != entry.head().lengthBytes()) {
            return Standing.WRONG;
        }
        return expected.sha256()
                .map(sha256 -> verified.contains(path, entry.head(), sha256) ? Standing.TRUSTED : Standing.UNREAD)
                .orElse(Standing.TRUSTED);
    }

    /** Whether a file is so long that its client should not have to wait for all of it to be read. */
    boolean takesLong(CacheEntry entry) {
        return entry.head().lengthBytes() > WAITED_FOR_BYTES;
    }

    /** Reads a file, and removes it if it is wrong; completed with whether it may be handed out. */
    CompletionStage<Boolean> read(RepositoryPath path, CacheEntry entry) {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> present = reading.putIfAbsent(path.toString(), mine);
        if (present != null) {
            return present;
        }
        storage.execute(() -> {
            try {
                mine.complete(readNow(path, entry));
            } catch (NoSuchFileException e) {
                // Somebody has removed it since it was found.
                mine.complete(false);
            } catch (IOException e) {
                LOG.log(
                        Level.WARNING,
                        "{0}: what lies in the cache cannot be read ({1}); clients get it from the mirrors",
                        new Object[] {path, e});
                mine.complete(false);
            } catch (RuntimeException e) {
                mine.completeExceptionally(e);
            } finally {
                reading.remove(path.toString());
            }
        });
        return mine;
    }

    private boolean readNow(RepositoryPath path, CacheEntry entry) throws IOException {
        ExpectedFile expected = expectedFiles.learned(path);
        Standing standing = standing(path, entry, expected);
        if (standing == Standing.UNREAD) {
            String sha256 = FileDigest.of(entry.file());
            standing = expected.sha256().equals(Optional.of(sha256)) ? Standing.TRUSTED : Standing.WRONG;
            if (standing == Standing.TRUSTED) {
                verified.add(path, entry.head(), sha256);
            }
        }
        if (standing == Standing.WRONG) {
            remove(path, entry);
        }
        return standing == Standing.TRUSTED;
    }

    /** Removes a file that is not what its database demands, with its signature; if it cannot, nobody is given it all the same. */
    void remove(RepositoryPath path, CacheEntry entry) {
        try {
            if (cache.evict(path, entry)) {
                LOG.log(
                        Level.WARNING,
                        "{0}: removed from the cache, it is not the file that the database demands; it will be fetched"
                                + " again",
                        path);
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "{0}: is not the file that the database demands, and cannot be removed from the cache: {1}",
                    new Object[] {path, e});
        }
    }
}
