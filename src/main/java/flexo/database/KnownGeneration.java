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
 * The current generation of a database, with its confirmations: found on disk at first, then replaced by each newer
 * one.
 *
 * <p>Guarded by the lock of its {@link DatabaseFile}. The disk is accessed in it once, when the generation of an
 * earlier run is looked up.
 */
final class KnownGeneration {
    /** The longest delay until a confirmation is written to disk. */
    private static final Duration CONFIRMATIONS_APART = Duration.ofMinutes(10);

    private final GenerationStore store;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private boolean loaded;
    /** Null if there is none. */
    private Generation current;
    /** The last confirmation in an earlier run, by the clock of that time. */
    private Instant confirmedBefore = Instant.MIN;
    /** The last confirmation in this run, unaffected by clock changes; null if there is none. */
    private Long confirmedNanos;
    /** The time that was written to disk; null if it was not. */
    private Long notedNanos;
    /** The mirror of the last confirmation in this run; null if there is none. */
    private Mirror confirmedBy;
    /** The validators of each mirror. */
    private final Map<Mirror, Validators> validators = new HashMap<>();

    KnownGeneration(GenerationStore store, InstantSource clock, LongSupplier nanoTime) {
        this.store = store;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Looks up the generation of an earlier run, once. */
    void load() {
        if (!loaded) {
            loaded = true;
            store.load().ifPresent(stored -> {
                current = stored.generation();
                confirmedBefore = stored.confirmed();
            });
        }
    }

    /**
     * Notes that the disk has accepted a generation after all; false if it is no longer current, and nothing was done.
     */
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

    /** The time since the last confirmation. */
    Duration age() {
        return confirmedNanos == null
                ? Duration.between(confirmedBefore, clock.instant())
                : Duration.ofNanos(nanoTime.getAsLong() - confirmedNanos);
    }

    /** The mirror of the last confirmation in this run. */
    Optional<Mirror> confirmedBy() {
        return Optional.ofNullable(confirmedBy);
    }

    /** The mirrors' validators in this run. */
    Map<Mirror, Validators> validators() {
        return Map.copyOf(validators);
    }

    /**
     * Records a confirmation.
     *
     * @param offered the mirror's validators; empty if they have not changed
     * @param staleFor the age of the mirror's own confirmation
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
     * Replaces the generation.
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

    /** Removes the generation, and prevents another lookup; returns it, or null. */
    Generation remove() {
        Generation last = current;
        current = null;
        confirmedNanos = null;
        confirmedBy = null;
        validators.clear();
        loaded = true;
        return last;
    }

    /** Whether the last confirmation should be written to disk; if so, it counts as written. */
    boolean isToBeNoted() {
        // A small delay does no harm.
        if (confirmedNanos == null
                || (notedNanos != null && confirmedNanos - notedNanos < CONFIRMATIONS_APART.toNanos())) {
            return false;
        }
        notedNanos = confirmedNanos;
        return true;
    }
}
