package flexo.mirror;

import flexo.cache.NoteFile;
import flexo.cache.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The official mirrors with the decisions of an administrator: one may be pinned, others put to rest or banned. The
 * decisions survive restarts. Thread-safe; writes a small file inside its monitor.
 */
public final class SteeredMirrors {
    private static final Logger LOG = Logger.getLogger(SteeredMirrors.class.getName());
    private static final int MOST_BYTES = 1 << 20;

    /** The longest rest; anything longer is a ban. */
    public static final Duration LONGEST_REST = Duration.ofDays(30);

    private final RankedMirrors ranked;
    private final NoteFile file;
    private final Clock clock;

    /**
     * Restores the decisions from before the last restart.
     *
     * @param path their file; need not exist
     */
    public SteeredMirrors(RankedMirrors ranked, Path path, Clock clock) {
        this.ranked = ranked;
        this.file = new NoteFile(path, "Mirrors that are pinned, rest or are banned are forgotten by a restart");
        this.clock = clock;
        read().ifPresent(ranked::use);
    }

    private Optional<ByHand> read() {
        try {
            Optional<byte[]> noted = SmallFile.read(file.path(), MOST_BYTES);
            return noted.isEmpty() ? Optional.empty() : Optional.of(ByHandJson.parse(noted.get()));
        } catch (IOException | UnusableDocumentException | DateTimeException e) {
            LOG.log(
                    Level.WARNING,
                    "{0} cannot be read: {1}. No mirror is pinned, put to rest or banned any more",
                    new Object[] {file, e.getMessage()});
            return Optional.empty();
        }
    }

    /** All of them, by rank. */
    public List<MirrorView> views() {
        return ranked.views();
    }

    /** The reason for the choice of the next mirror, for people. */
    public String whyNext() {
        return ranked.whyNext();
    }

    /**
     * Finds a mirror by name.
     *
     * @param name its fingerprint, or its URL with or without password
     */
    public Optional<Mirror> named(String name) {
        String address = name.endsWith("/") ? name : name + "/";
        return ranked.all().stream()
                .filter(mirror -> mirror.fingerprint().equals(name)
                        || mirror.toString().equals(address)
                        || mirror.base().toString().equals(address))
                .min(Comparator.comparing(Mirror::toString));
    }

    /** Makes it the first choice while it works. */
    public void pin(Mirror mirror) {
        Optional<String> unused = change(byHand -> byHand.pin(mirror));
    }

    /**
     * Puts it to rest for a while.
     *
     * @return the reason why that is refused; empty on success
     */
    public Optional<String> rest(Mirror mirror, Duration time) {
        Instant now = clock.instant();
        return change(byHand -> byHand.rest(mirror, now.plus(time), now));
    }

    /**
     * Bans it.
     *
     * @return the reason why that is refused; empty on success
     */
    public Optional<String> ban(Mirror mirror) {
        return change(byHand -> byHand.ban(mirror));
    }

    /** Removes all decisions on it. */
    public void release(Mirror mirror) {
        Optional<String> unused = change(byHand -> byHand.release(mirror));
    }

    private synchronized Optional<String> change(UnaryOperator<ByHand> change) {
        ByHand next = change.apply(ranked.byHand());
        Instant now = clock.instant();
        if (ranked.all().stream().noneMatch(mirror -> next.mayBeAsked(mirror, now))) {
            return Optional.of("It is the last mirror that may be asked.");
        }
        ranked.use(next);
        boolean unused = file.replace(out -> out.write(ByHandJson.print(next).getBytes(StandardCharsets.UTF_8)));
        return Optional.empty();
    }
}
