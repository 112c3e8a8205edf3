package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.Generations;
import flexo.cache.PartFile;
import flexo.download.CacheDisk;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The generations of one database on disk. Disk errors are logged, and the state is served without the disk.
 *
 * @param clock stamps confirmations
 */
record GenerationStore(RepositoryPath path, Generations generations, CacheDisk disk, InstantSource clock) {
    /** The generation of an earlier run, with its last confirmation. */
    record Stored(Generation generation, Instant confirmed) {}

    Optional<Stored> load() {
        try {
            Optional<Generation> stored = generations.load(path);
            return stored.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Stored(stored.get(), generations.confirmed(path)));
        } catch (IOException e) {
            disk.refused(path, e);
            return Optional.empty();
        }
    }

    /**
     * Stores a newer one; if the disk refuses it, it is served nevertheless.
     *
     * @param staleFor the age of the upstream's confirmation
     */
    Generation store(PartFile part, GenerationNote note, Duration staleFor) {
        if (part.isOnDisk()) {
            try {
                return generations.publish(path, part, note, clock.instant().minus(staleFor));
            } catch (IOException e) {
                disk.refused(path, e);
            }
        }
        return generations.unstored(path, part, note);
    }

    /** Stores a generation that was refused before; empty if it is refused again. */
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

    /** Updates the note of the stored generation. */
    void rewrite(GenerationNote note) {
        try {
            generations.rewrite(path, note, clock.instant());
        } catch (IOException e) {
            disk.refused(path, e);
        }
    }

    /** Removes the stored generation. */
    void remove() {
        try {
            generations.remove(path);
        } catch (IOException e) {
            disk.refused(path, e);
        }
    }

    /** Records a confirmation by a mirror. */
    void confirm() {
        try {
            generations.confirm(path, clock.instant());
        } catch (IOException e) {
            disk.refused(path, e);
        }
    }
}
