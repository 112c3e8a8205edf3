package flexo.web;

import flexo.cache.DiskFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The secret token that authorises changes. It is in a file, so every user who can read that file is authorised.
 *
 * <p>The file is read at each use of a token: a replacement counts at once. Thread-safe.
 */
public final class AdminToken {
    private static final Logger LOG = Logger.getLogger(AdminToken.class.getName());
    private static final int RANDOM_BYTES = 32;
    /** A longer file is not ours. */
    private static final int MOST_BYTES = 4096;

    private final Supplier<Path> file;
    private final AtomicBoolean unreadable = new AtomicBoolean();

    /**
     * The token in a file.
     *
     * @param file its path; evaluated for each request
     */
    public AdminToken(Supplier<Path> file) {
        this.file = file;
    }

    /**
     * Creates a random token, in a file that only this user can read. An existing file is left as it is.
     *
     * @throws IOException if it cannot be written
     */
    public static void create(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        Files.createDirectories(file.getParent());
        // A temporary file is readable only by its owner from the start.
        Path next = Files.createTempFile(file.getParent(), ".", ".new");
        try {
            Files.writeString(next, Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /** Compares in constant time. */
    boolean is(String shown) {
        return read().filter(token -> MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }

    private Optional<String> read() {
        Path now = file.get();
        // Opening a pipe would block until somebody writes to it.
        if (!Files.isRegularFile(now)) {
            tell(now, "is not there, or no file");
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(now)) {
            String token = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
            unreadable.set(false);
            return Optional.of(token).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            tell(now, "cannot be read by the user " + System.getProperty("user.name") + ": " + DiskFailure.reason(e));
            return Optional.empty();
        }
    }

    private void tell(Path where, String what) {
        LOG.log(
                unreadable.getAndSet(true) ? Level.FINE : Level.WARNING,
                "The admin token in {0} {1}. No token is taken until it can be; if there is none, one is made at the next start",
                new Object[] {where, what});
    }
}
