package flexo.database;

import flexo.cache.Generation;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The generation of a database that is handed out at present: found on disk at first, then replaced by each newer one;
 * and when and by whom it was confirmed.
 *
 * <p>Guarded by the lock of its {@link DatabaseFile}. The disk is touched in it once, when the generation of an earlier run
 * is looked up.
 */
final class KnownGeneration {
    /** How much the time of the last confirmation on disk may be behind. */
    private static final Duration CONFIRMATIONS_APART = Duration.ofMinutes(10);

    private final GenerationStore store;
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
    /** The mirror that last confirmed it in this run; null if none has. */
    private Mirror confirmedBy;
    /** By what each mirror tells whether it has changed. */
    private final Map<Mirror, Validators> validators = new HashMap<>();

    KnownGeneration(GenerationStore store, InstantSource clock, LongSupplier nanoTime) {
        this.store = store;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Looks for that of an earlier run, if nobody has yet. */
    void load() {
        if (!loaded) {
            loaded = true;
            store.load().ifPresent(stored -> {
                current = stored.generation();
                confirmedBefore = stored.confirmed();
            });
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

    /** The mirror that last confirmed it in this run. */
    Optional<Mirror> confirmedBy() {
        return Optional.ofNullable(confirmedBy);
    }

    /** What mirrors have told of it in this run. */
    Map<Mirror, Validators> validators() {
        return Map.copyOf(validators);
    }

    /**
     * A mirror has it, too.
     *
     * @param offered what the mirror tells of it; empty if that has not changed
     * @param staleFor how long ago the mirror itself last heard so
     */
    void confirm(Mirror mirror, Optional<Validators> offered, Duration staleFor) {
        confirmedBy = mirror;
        validators.put(
                mirror,
                offered.orElseGet(() -> validators.getOrDefault(
                        mirror, new Validators(current.note().upstreamModified(), ""))));
        if (staleFor.isZero() || staleFor.compareTo(age()) < 0) {
            confirmedNanos = nanoTime.getAsLong() - staleFor.toNanos();
        }
    }

    /**
     * Puts a newer one in its place.
     *
     * @return the former one; null if there was none
     */
    Generation replace(Generation next, Mirror mirror, Validators offered, Duration staleFor) {
        Generation former = current;
        current = next;
        confirmedBy = mirror;
        validators.clear();
        validators.put(mirror, offered);
        confirmedNanos = notedNanos = nanoTime.getAsLong() - staleFor.toNanos();
        return former;
    }

    /** From now on there is none, and nobody looks for one; returns what there was, or null. */
    Generation remove() {
        Generation last = current;
        current = null;
        confirmedNanos = null;
        confirmedBy = null;
        validators.clear();
        loaded = true;
        return last;
    }

    /** Whether the last confirmation is to be noted on disk; if so, it counts as noted. */
    boolean isToBeNoted() {
        // That it is a little behind costs nothing.
        if (confirmedNanos == null
                || (notedNanos != null && confirmedNanos - notedNanos < CONFIRMATIONS_APART.toNanos())) {
            return false;
        }
        notedNanos = confirmedNanos;
        return true;
    }
}
