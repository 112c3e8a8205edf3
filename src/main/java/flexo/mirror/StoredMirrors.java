package flexo.mirror;

import flexo.cache.DiskFailure;
import flexo.cache.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The knowledge about mirrors that survives a restart: the test results, and the same as a mirrorlist for people and
 * for pacman. If a file cannot be read or written, a warning is logged, and the mirrors are tested again.
 */
public final class StoredMirrors {
    private static final Logger LOG = Logger.getLogger(StoredMirrors.class.getName());

    /** Far more than hundreds of mirrors take; a larger file is not ours. */
    private static final int MOST_BYTES = 4 << 20;

    private final Path results;
    private final Path mirrorlist;
    /** Whether the last attempt to store failed, which was logged then. */
    private boolean failing;

    /**
     * Stores them in these two files ({@code mirrorlist_latency_test_results_file}, {@code mirrorlist_fallback_file}).
     */
    public StoredMirrors(Path results, Path mirrorlist) {
        this.results = results.toAbsolutePath();
        this.mirrorlist = mirrorlist.toAbsolutePath();
    }

    /** The results of the last test; empty if there are no valid ones. */
    Optional<MirrorTestResults> results() {
        try {
            Optional<byte[]> stored = SmallFile.read(results, MOST_BYTES);
            return stored.isPresent() ? Optional.of(MirrorTestResultsJson.parse(stored.get())) : Optional.empty();
        } catch (IOException | UnusableDocumentException e) {
            LOG.log(Level.WARNING, "{0} cannot be used, the mirrors will be tested afresh: {1}", new Object[] {
                results, e.getMessage()
            });
            return Optional.empty();
        }
    }

    /** The mirrors of the mirrorlist; empty if there are none. */
    List<Mirror> mirrorlist() {
        try {
            Optional<byte[]> stored = SmallFile.read(mirrorlist, MOST_BYTES);
            if (stored.isEmpty()) {
                return List.of();
            }
            Mirrorlist parsed = Mirrorlist.parse(new String(stored.get(), StandardCharsets.UTF_8));
            parsed.complaints().forEach(complaint -> LOG.warning(mirrorlist + ": " + complaint));
            return parsed.mirrors();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} cannot be read: {1}", new Object[] {mirrorlist, e.getMessage()});
            return List.of();
        }
    }

    /** Synchronised: a test may end at the same time as the application. */
    synchronized void store(MirrorTestResults tested) {
        try {
            write(results, MirrorTestResultsJson.print(tested));
            write(mirrorlist, tested.mirrorlist().print());
            failing = false;
        } catch (IOException e) {
            LOG.log(
                    failing ? Level.FINE : Level.WARNING,
                    "The results of the mirror test cannot be stored by the user {0} in {1} and {2}, and will be lost at the next"
                            + " start: {3}. It is tried again with the next test",
                    new Object[] {System.getProperty("user.name"), results, mirrorlist, DiskFailure.reason(e)});
            failing = true;
        }
    }

    private static void write(Path file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        SmallFile.replace(file, out -> out.write(bytes));
    }
}
