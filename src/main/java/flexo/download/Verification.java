package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.DiskFailure;
import flexo.cache.FileDigest;
import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import flexo.cache.WrongFiles;
import flexo.log.RepeatedLines;
import flexo.repository.FirstBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
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
 * Verifies cached packages against the databases, and signatures against packages, before they are served: one that
 * rotted on disk, or was rebuilt under its name, is removed and fetched again.
 *
 * <p>A file is read at its first request; later only its size and time are compared. It is read once for all waiting
 * requests, on an executor that no download depends on. Thread-safe.
 */
final class Verification {
    private static final Logger LOG = Logger.getLogger(Verification.class.getName());
    /** Reading a longer file would take too much of a client's patience: it gets all but the last byte meanwhile. */
    private static final long WAITED_FOR_BYTES = 64 << 20;

    /** The key in place of a SHA-256, for files without one. */
    private static final String ITS_BEGINNING = "";

    private static final RepeatedLines.Kind UNREADABLE = new RepeatedLines.Kind("files that cannot be read", 20, 20);

    /** The state of a cached file that is requested. */
    enum Standing {
        /** Serve it. */
        TRUSTED,
        /** Read it first. */
        UNREAD,
        /** Remove it. */
        WRONG
    }

    private final PackageCache cache;
    private final ExpectedFiles expectedFiles;
    private final PackageSignatures signatures;
    private final VerifiedFiles verified;
    private final WrongFiles wrong;
    private final RepeatedLines lines;
    private final Executor reading;
    /** By path; completed with whether the file may be served. */
    private final ConcurrentMap<String, CompletableFuture<Boolean>> readings = new ConcurrentHashMap<>();

    Verification(
            PackageCache cache,
            ExpectedFiles expectedFiles,
            PackageSignatures signatures,
            VerifiedFiles verified,
            WrongFiles wrong,
            RepeatedLines lines,
            Executor reading) {
        this.cache = cache;
        this.expectedFiles = expectedFiles;
        this.signatures = signatures;
        this.verified = verified;
        this.wrong = wrong;
        this.lines = lines;
        this.reading = reading;
    }

    /** Judges a file without reading more than its beginning, once. */
    Standing standing(RepositoryPath path, CacheEntry entry) {
        if (path.kind() == FileKind.SIGNATURE && wrong.signatureIsStuck(path.signed())) {
            return Standing.WRONG;
        }
        if (path.kind() == FileKind.SIGNATURE) {
            return signatures.known(path, entry).map(Verification::standing).orElse(Standing.UNREAD);
        }
        if (path.kind() != FileKind.PACKAGE) {
            return standingByItsBeginning(path, entry);
        }
        return expectedFiles
                .known(path)
                .map(expected -> standing(path, entry, expected))
                .orElse(Standing.UNREAD);
    }

    /** Files of other formats that an earlier version cached are detected by their first bytes. */
    private Standing standingByItsBeginning(RepositoryPath path, CacheEntry entry) {
        if (verified.contains(path, entry.head(), ITS_BEGINNING)) {
            return Standing.TRUSTED;
        }
        try (InputStream bytes = Files.newInputStream(entry.file())) {
            byte[] start = bytes.readNBytes(FirstBytes.ENOUGH);
            if (FirstBytes.insteadOf(path, start, entry.head().lengthBytes()).isPresent()) {
                return Standing.WRONG;
            }
            verified.add(path, entry.head(), ITS_BEGINNING);
        } catch (IOException e) {
            LOG.log(Level.FINE, path + ": its first bytes cannot be read", e);
        }
        return Standing.TRUSTED;
    }

    private static Standing standing(PackageSignatures.Match match) {
        return match == PackageSignatures.Match.FOREIGN ? Standing.WRONG : Standing.TRUSTED;
    }

    private Standing standing(RepositoryPath path, CacheEntry entry, ExpectedFile expected) {
        if (expected.sizeBytes().isPresent()
                && expected.sizeBytes().getAsLong() != entry.head().lengthBytes()) {
            return Standing.WRONG;
        }
        return expected.sha256()
                .map(sha256 -> verified.contains(path, entry.head(), sha256) ? Standing.TRUSTED : Standing.UNREAD)
                .orElseGet(() -> standingByItsBeginning(path, entry));
    }

    /** Whether verification takes so long that the client should not wait for all of it. */
    boolean takesLong(RepositoryPath path, CacheEntry entry) {
        long bytes = path.kind() == FileKind.SIGNATURE
                ? cache.find(path.signed())
                        .map(signed -> signed.head().lengthBytes())
                        .orElse(0L)
                : entry.head().lengthBytes();
        return bytes > WAITED_FOR_BYTES;
    }

    /**
     * Verifies a file, and removes it if it is wrong, after waiting for all users that are about to open it.
     *
     * @return completed with whether it may be served
     */
    CompletionStage<Boolean> read(RepositoryPath path, CacheEntry entry) {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> present = readings.putIfAbsent(path.toString(), mine);
        if (present != null) {
            return present;
        }
        reading.execute(() -> {
            try {
                if (isRight(path, entry)) {
                    end(path, mine, true);
                } else {
                    var unused = remove(path, entry).thenRun(() -> end(path, mine, false));
                }
            } catch (NoSuchFileException | ClosedChannelException e) {
                // It has been removed or replaced since it was found.
                end(path, mine, false);
            } catch (IOException e) {
                lines.log(
                        LOG,
                        Level.WARNING,
                        UNREADABLE,
                        "The cache",
                        () -> path + ": what lies in the cache cannot be read (" + DiskFailure.reason(e)
                                + "); clients get it from the mirrors");
                end(path, mine, false);
            } catch (RuntimeException e) {
                readings.remove(path.toString());
                mine.completeExceptionally(e);
            }
        });
        return mine;
    }

    /** Waiting requests look up the file again, and must not find the same reading. */
    private void end(RepositoryPath path, CompletableFuture<Boolean> mine, boolean good) {
        readings.remove(path.toString());
        mine.complete(good);
    }

    private boolean isRight(RepositoryPath path, CacheEntry entry) throws IOException {
        if (path.kind() == FileKind.SIGNATURE) {
            return standing(signatures.judge(path, entry)) == Standing.TRUSTED;
        }
        ExpectedFile expected = expectedFiles.learned(path);
        Standing standing = standing(path, entry, expected);
        if (standing != Standing.UNREAD) {
            return standing == Standing.TRUSTED;
        }
        String sha256 = FileDigest.of(entry.file());
        boolean right = expected.sha256().equals(Optional.of(sha256));
        if (right) {
            verified.add(path, entry.head(), sha256);
        }
        return right;
    }

    /**
     * Removes a {@link Standing#WRONG} file; completed when it is no longer served, even if it could not be removed.
     */
    CompletionStage<Void> remove(RepositoryPath path, CacheEntry entry) {
        if (path.kind() == FileKind.SIGNATURE && wrong.signatureIsStuck(path.signed())) {
            return wrong.removeStuck(path.signed());
        }
        return wrong.remove(path, entry);
    }
}
