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
 * The generations of one database on disk. What the disk refuses is told of and done without.
 *
 * @param clock says when mirrors confirmed what is noted
 */
record GenerationStore(RepositoryPath path, Generations generations, CacheDisk disk, InstantSource clock) {
    /** That of an earlier run, and when a mirror last confirmed it. */
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
     * Puts a newer one on disk; what that does not take is handed out all the same.
     *
     * @param staleFor how long ago somebody upstream last heard that it is the latest
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

    /** Puts on disk what was refused when it was new; empty if it is refused again. */
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

    /** Notes that more is known of the one that is there. */
    void rewrite(GenerationNote note) {
        try {
            generations.rewrite(path, note, clock.instant());
        } catch (IOException e) {
            disk.refused(path, e);
        }
    }

    /** Removes what is there. */
    void remove() {
        try {
            generations.remove(path);
        } catch (IOException e) {
            disk.refused(path, e);
        }
    }

    /** Notes that a mirror has confirmed it. */
    void confirm() {
        try {
            generations.confirm(path, clock.instant());
        } catch (IOException e) {
            disk.refused(path, e);
        }
    }
}
