package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.Generations;
import flexo.cache.PartFile;
import flexo.cache.Validators;
import flexo.download.CacheDisk;
import flexo.mirror.Mirror;
import flexo.repository.DatabaseReading;
import flexo.repository.NotADatabaseException;
import flexo.repository.RepositoryDatabase;
import flexo.repository.UnreadableCompressionException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The generation of a database that is handed out at present: found on disk at first, then replaced by each newer one;
 * and when and by whom it was confirmed.
 *
 * <p>Guarded by the lock of its {@link DatabaseFile}, unless a method says otherwise. The disk is touched in it once,
 * when the generation of an earlier run is looked up.
 */
final class KnownGeneration {
    private static final Logger LOG = Logger.getLogger(KnownGeneration.class.getName());
    /** How much the time of the last confirmation on disk may be behind. */
    private static final Duration CONFIRMATIONS_APART = Duration.ofMinutes(10);

    private final RepositoryPath path;
    private final Generations generations;
    private final CacheDisk disk;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private boolean loaded;
    /** Null if there is none. */
    private Generation current;
    /** When a mirror last confirmed it to an earlier run, by the clock of that time. */
    private Instant confirmedBefore = Instant.MIN;
    /** The same of this run, whatever is done to the clock meanwhile; null if none has. */
    private Long confirmedNanos;
    /** When that was noted on disk; null if it was not. */
    private Long notedNanos;
    /** By what each mirror tells whether it has changed. */
    private final Map<Mirror, Validators> validators = new HashMap<>();

    KnownGeneration(
            RepositoryPath path, Generations generations, CacheDisk disk, InstantSource clock, LongSupplier nanoTime) {
        this.path = path;
        this.generations = generations;
        this.disk = disk;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Looks for that of an earlier run, if nobody has yet. */
    void load() {
        if (loaded) {
            return;
        }
        loaded = true;
        try {
            Optional<Generation> stored = generations.load(path);
            if (stored.isPresent()) {
                current = stored.get();
                confirmedBefore = generations.confirmed(path);
            }
        } catch (IOException e) {
            disk.refused(path, e);
        }
    }

    /** The disk has taken a generation after all; false if it is not the present one any longer, and nothing was done. */
    boolean isStored(Generation unstored, Generation stored) {
        if (current != unstored) {
            return false;
        }
        current = stored;
        notedNanos = confirmedNanos;
        return true;
    }

    /** The generation; empty if there is none. */
    Optional<Generation> get() {
        return Optional.ofNullable(current);
    }

    /** How long ago a mirror last confirmed it. */
    Duration age() {
        return confirmedNanos == null
                ? Duration.between(confirmedBefore, clock.instant())
                : Duration.ofNanos(nanoTime.getAsLong() - confirmedNanos);
    }

    /** By what a mirror is asked for a newer one; empty if there is none. */
    Optional<Validators> validators(Mirror mirror) {
        return get().map(generation ->
                validators.getOrDefault(mirror, new Validators(generation.note().upstreamModified(), "")));
    }

    /** A mirror has it, too. What the mirror tells of it is empty if that has not changed. */
    void confirm(Mirror mirror, Optional<Validators> offered) {
        offered.ifPresent(latest -> validators.put(mirror, latest));
        confirmedNanos = nanoTime.getAsLong();
    }

    /**
     * Puts a newer one in its place.
     *
     * @return the former one; null if there was none
     */
    Generation replace(Generation next, Mirror mirror, Validators offered) {
        Generation former = current;
        current = next;
        validators.clear();
        validators.put(mirror, offered);
        confirmedNanos = notedNanos = nanoTime.getAsLong();
        return former;
    }

    /** From now on there is none, and nobody looks for one; returns what there was, or null. */
    Generation remove() {
        Generation last = current;
        current = null;
        loaded = true;
        return last;
    }

    /** Whether the last confirmation is to be noted on disk; if so, it counts as noted. */
    boolean isToBeNoted() {
        // That it is a little behind costs nothing.
        if (notedNanos != null && confirmedNanos - notedNanos < CONFIRMATIONS_APART.toNanos()) {
            return false;
        }
        notedNanos = confirmedNanos;
        return true;
    }

    /** Notes on disk that a mirror has confirmed it; not under the lock. */
    void noteConfirmation() {
        try {
            generations.confirm(path, clock.instant());
        } catch (IOException e) {
            disk.refused(path, e);
        }
    }

    /** Puts a newer one on disk; what that does not take is handed out all the same. Not under the lock. */
    Generation store(PartFile part, GenerationNote note) {
        if (part.isOnDisk()) {
            try {
                return generations.publish(path, part, note, clock.instant());
            } catch (IOException e) {
                disk.refused(path, e);
            }
        }
        return generations.unstored(path, part, note);
    }

    /**
     * Puts on disk what was refused when it was new; {@link #isStored} is to follow. Not under the lock.
     *
     * @return empty if it is refused again
     */
    Optional<Generation> storeAfterAll(Generation unstored) {
        try {
            Generation stored = generations.store(path, unstored, clock.instant());
            disk.took(path);
            return Optional.of(stored);
        } catch (IOException e) {
            disk.refused(path, e);
            return Optional.empty();
        }
    }

    /** Reads the packages it lists; empty if they cannot be read. Not under the lock. */
    Optional<RepositoryDatabase> contents(DatabaseReading reading) {
        try {
            return Optional.of(reading.read(generations.file(path)));
        } catch (IOException | NotADatabaseException | UnreadableCompressionException e) {
            LOG.log(
                    Level.WARNING,
                    "{0}: the cached database cannot be read ({1}); its packages are not verified",
                    new Object[] {path, e});
            return Optional.empty();
        }
    }
}
