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
 * The official mirrors as somebody steers them: one may be pinned, others put to rest or banned. It is kept over restarts. Safe for
 * threads; writes a small file while it holds its monitor.
 */
public final class SteeredMirrors {
    private static final Logger LOG = Logger.getLogger(SteeredMirrors.class.getName());
    private static final int MOST_BYTES = 1 << 20;

    /** So long a mirror may rest; what is to be longer is a ban. */
    public static final Duration LONGEST_REST = Duration.ofDays(30);

    private final RankedMirrors ranked;
    private final NoteFile file;
    private final Clock clock;

    /**
     * As they were steered before the last restart.
     *
     * @param path where that is kept; need not exist
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

    /** All of them, in the order of their rank. */
    public List<MirrorView> views() {
        return ranked.views();
    }

    /** Why the next package is asked of the mirror that is next, for people. */
    public String whyNext() {
        return ranked.whyNext();
    }

    /**
     * The mirror that somebody means.
     *
     * @param name its fingerprint, or its address with or without its password
     */
    public Optional<Mirror> named(String name) {
        String address = name.endsWith("/") ? name : name + "/";
        return ranked.all().stream()
                .filter(mirror -> mirror.fingerprint().equals(name)
                        || mirror.toString().equals(address)
                        || mirror.base().toString().equals(address))
                .min(Comparator.comparing(Mirror::toString));
    }

    /** Asks it before all others while it works. */
    public void pin(Mirror mirror) {
        Optional<String> unused = change(byHand -> byHand.pin(mirror));
    }

    /**
     * Does not ask it for a while.
     *
     * @return why that cannot be; empty if it is done
     */
    public Optional<String> rest(Mirror mirror, Duration time) {
        Instant now = clock.instant();
        return change(byHand -> byHand.rest(mirror, now.plus(time), now));
    }

    /**
     * Does not ask it any more.
     *
     * @return why that cannot be; empty if it is done
     */
    public Optional<String> ban(Mirror mirror) {
        return change(byHand -> byHand.ban(mirror));
    }

    /** Lets it be asked as all others are. */
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
