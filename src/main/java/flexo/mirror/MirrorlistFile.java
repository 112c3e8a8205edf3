package flexo.mirror;

import flexo.cache.DiskFailure;
import flexo.cache.FileStamp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A mirrorlist maintained by a person or another program, and reloaded when it has changed.
 *
 * <p>An unreadable list, or one without mirrors, is reported once, and the mirrors of the last valid one stay in use.
 * Thread-safe.
 */
public final class MirrorlistFile {
    private static final Logger LOG = Logger.getLogger(MirrorlistFile.class.getName());

    /** The shortest time between two checks for changes. */
    static final Duration LOOKS_APART = Duration.ofSeconds(2);
    /** Far more than all mirrors of the world take. */
    private static final long MAX_BYTES = 4 << 20;

    private final Path file;
    private final Function<String, Mirrorlist> syntax;
    private final List<Mirror> first;
    private final Consumer<List<Mirror>> whenRead;
    private final LongSupplier nanoTime;

    // Guarded by this object's monitor.
    /** Null before the first look. */
    private Long lookedNanos;
    /** Null before the first look. */
    private Optional<FileStamp> seen;

    /**
     * A mirrorlist of the official repositories.
     *
     * @param file need not exist yet
     * @param first mirrors that precede those of the list
     * @param nanoTime as {@link System#nanoTime}
     */
    public static MirrorlistFile official(Path file, List<Mirror> first, LongSupplier nanoTime) {
        return new MirrorlistFile(file, Mirrorlist::parse, first, unused -> {}, nanoTime);
    }

    /**
     * A mirrorlist of an unofficial repository.
     *
     * @param file need not exist yet
     * @param whenRead receives the mirrors before they are used; must not block
     * @param nanoTime as {@link System#nanoTime}
     */
    public static MirrorlistFile unofficial(Path file, Consumer<List<Mirror>> whenRead, LongSupplier nanoTime) {
        return new MirrorlistFile(file, Mirrorlist::parseUnofficial, List.of(), whenRead, nanoTime);
    }

    private MirrorlistFile(
            Path file,
            Function<String, Mirrorlist> syntax,
            List<Mirror> first,
            Consumer<List<Mirror>> whenRead,
            LongSupplier nanoTime) {
        this.file = file;
        this.syntax = syntax;
        this.first = List.copyOf(first);
        this.whenRead = whenRead;
        this.nanoTime = nanoTime;
    }

    /** The new mirrors; empty if they have not changed. Reloads a changed file. */
    public synchronized Optional<List<Mirror>> changed() {
        long now = nanoTime.getAsLong();
        if (lookedNanos != null && now - lookedNanos < LOOKS_APART.toNanos()) {
            return Optional.empty();
        }
        boolean firstLook = lookedNanos == null;
        lookedNanos = now;
        Optional<FileStamp> present = FileStamp.of(file);
        if (present.equals(seen)) {
            return Optional.empty();
        }
        seen = present;
        Optional<List<Mirror>> mirrors = read();
        mirrors.ifPresent(whenRead);
        if (mirrors.isEmpty() && firstLook && !first.isEmpty()) {
            return Optional.of(first);
        }
        return mirrors;
    }

    private Optional<List<Mirror>> read() {
        Mirrorlist list;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("it is larger than any mirrorlist");
            }
            // Invalid UTF-8 is in comments, or is reported with its line.
            list = syntax.apply(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "The mirrorlist {0} cannot be read, so the mirrors stay as they are: {1}",
                    new Object[] {file, DiskFailure.reason(e)});
            return Optional.empty();
        }
        list.complaints().forEach(complaint -> LOG.warning("The mirrorlist " + file + ": " + complaint));
        if (list.mirrors().isEmpty()) {
            LOG.log(Level.WARNING, "The mirrorlist {0} names no mirror, so the mirrors stay as they are", file);
            return Optional.empty();
        }
        LOG.log(Level.INFO, "{0} mirrors are used of the mirrorlist {1}", new Object[] {
            list.mirrors().size(), file
        });
        Set<Mirror> all = new LinkedHashSet<>(first);
        all.addAll(list.mirrors());
        return Optional.of(List.copyOf(all));
    }
}
