package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import flexo.repository.DatabaseReading;
import flexo.repository.NotADatabaseException;
import flexo.repository.RepositoryDatabase;
import flexo.repository.UnreadableCompressionException;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The knowledge about a database when a check begins.
 *
 * @param known the current generation; empty if there is none
 * @param ofFormerUpstream whether it came from mirrors that were removed from the settings, so that it sets no standard
 * @param validators the mirrors' validators for that generation in this run
 * @param clientCopy the time of a client's copy, if it is later than the generation
 * @param belief the doubts that are dropped
 */
record Snapshot(
        RepositoryPath path,
        Optional<Generation> known,
        boolean ofFormerUpstream,
        Map<Mirror, Validators> validators,
        Optional<Instant> clientCopy,
        Belief belief) {
    private static final Logger LOG = Logger.getLogger(Snapshot.class.getName());

    /** The same after a check that no mirror has passed. */
    Snapshot believing(Belief next) {
        return new Snapshot(path, known, ofFormerUpstream, validators, clientCopy, next);
    }

    Optional<GenerationNote> note() {
        return known.map(Generation::note);
    }

    /** The standard for newer states; empty if any will do. */
    Optional<GenerationNote> floor() {
        return note().filter(any -> !ofFormerUpstream);
    }

    boolean isSigned() {
        return floor().flatMap(GenerationNote::signature).isPresent();
    }

    boolean isKnown(String sha256) {
        return note().filter(note -> note.sha256().equals(sha256)).isPresent();
    }

    /** The validators for a request to a mirror; empty if there are none. */
    Optional<Validators> validators(Mirror mirror) {
        return floor().map(note -> validators.getOrDefault(mirror, new Validators(note.upstreamModified(), "")))
                .filter(Validators::any);
    }

    /** Reads the packages of the known generation; empty if they cannot be read. May take a second. */
    Optional<RepositoryDatabase> contents(DatabaseReading reading) {
        if (known.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reading.read(known.get().stream()));
        } catch (IOException | NotADatabaseException | UnreadableCompressionException e) {
            LOG.log(Level.WARNING, "{0}: the database that is known cannot be read ({1})", new Object[] {path, e});
            return Optional.empty();
        }
    }
}
