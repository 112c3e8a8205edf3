package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.Generations;
import flexo.cache.PartFile;
import flexo.cache.Validators;
import flexo.download.Client;
import flexo.download.DownloadContext;
import flexo.download.DownloadFailedException;
import flexo.download.DownloadFailure;
import flexo.download.Opened;
import flexo.mirror.Archive;
import flexo.mirror.Mirror;
import flexo.repository.RepositoryDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One database file and its generations: the one that is handed out, and the check whether mirrors have a newer one.
 *
 * <p>A request finds a generation that was confirmed a moment ago, or waits for the check that is running, which the
 * first of them has begun. What it is answered with then:
 *
 * <ul>
 *   <li>the mirror says "not modified", or sends the same bytes: the generation that is known;
 *   <li>the mirror sends a newer one: its bytes, whole and proven if that takes a moment, else while they arrive;
 *   <li>no mirror answers, or not in time: the generation that is known, marked as stale.
 * </ul>
 *
 * <p>All state is guarded by {@code lock}. Nobody is answered while it is held, since answers run on in the one who
 * gives them; the disk is touched in it once, when the generation of an earlier run is looked up.
 */
final class DatabaseFile {
    private static final Logger LOG = Logger.getLogger(DatabaseFile.class.getName());

    /** How long clients wait for the mirrors if there is something to give them; pacman gives up after ten seconds. */
    private static final Duration WAIT = Duration.ofSeconds(5);
    /** The same while mirrors have not been answering: offline, nobody should wait long for each database. */
    private static final Duration WAIT_IN_DOUBT = Duration.ofSeconds(1);

    private final RepositoryPath path;
    private final DownloadContext context;
    private final Supplier<DatabaseSettings> settings;
    private final Databases owner;

    private final Object lock = new Object();
    // Guarded by lock, all that follow.
    private final KnownGeneration known;
    /** Null before the first one has ended. */
    private LastCheck lastCheck;
    /** Null if none is running. */
    private DatabaseCheck running;
    /** Null until it is closed; after that nothing is given any more. */
    private DownloadFailure closedBecause;

    DatabaseFile(
            RepositoryPath path,
            DownloadContext context,
            Generations generations,
            Supplier<DatabaseSettings> settings,
            Databases owner) {
        this.path = path;
        this.context = context;
        this.settings = settings;
        this.owner = owner;
        this.known = new KnownGeneration(path, generations, context.disk(), context.wallClock(), context.nanoTime());
    }

    /** Opens it for a client. */
    CompletionStage<Opened> open(Client client) throws IOException {
        CompletableFuture<Opened> answer = new CompletableFuture<>();
        DatabaseCheck mine = null;
        DatabaseCheck present;
        Duration patience = WAIT;
        synchronized (lock) {
            if (closedBecause != null) {
                return CompletableFuture.failedFuture(new DownloadFailedException(closedBecause));
            }
            known.load();
            if (known.get().isPresent() && isRecent()) {
                return CompletableFuture.completedFuture(
                        give(client, lastCheckHasFailed() ? Opened.Origin.STALE : Opened.Origin.HIT));
            }
            if (running == null) {
                running = mine = newCheck(Optional.of(client));
                patience = lastCheckHasFailed() ? WAIT_IN_DOUBT : WAIT;
            }
            if (running.join()) {
                reads(client, running);
                return CompletableFuture.completedFuture(new Opened(running.download(), Opened.Origin.JOINED));
            }
            if (running.isLate() && mayBeGivenStale()) {
                return CompletableFuture.completedFuture(give(client, Opened.Origin.STALE));
            }
            running.await(client, answer);
            present = running;
        }
        if (mine == null) {
            present.wantedBy(client);
        } else {
            mine.start(patience);
        }
        return answer;
    }

    private DatabaseCheck newCheck(Optional<Client> client) {
        return new DatabaseCheck(
                context,
                path,
                this,
                client,
                owner.openFiles().begin(path),
                known.get().orElse(null));
    }

    /** Checks it without a client. Completed when the check is over. */
    CompletionStage<Void> refresh() throws IOException {
        DatabaseCheck mine;
        synchronized (lock) {
            if (closedBecause != null) {
                return CompletableFuture.completedFuture(null);
            }
            known.load();
            if (isFinal()) {
                return CompletableFuture.completedFuture(null);
            }
            if (running != null) {
                return running.ended();
            }
            running = mine = newCheck(Optional.empty());
        }
        mine.start(WAIT);
        return mine.ended();
    }

    /** Completed when no check is running, and all who waited for it are answered. */
    CompletionStage<Void> checked() {
        synchronized (lock) {
            return running == null ? CompletableFuture.completedFuture(null) : running.ended();
        }
    }

    /** The generation that is handed out at present. */
    Optional<Generation> known() throws IOException {
        synchronized (lock) {
            known.load();
            return known.get();
        }
    }

    /** Whether there is nothing to hand out, and nothing on its way. */
    boolean isEmpty() {
        synchronized (lock) {
            return known.get().isEmpty() && running == null;
        }
    }

    /**
     * Lets go of the generation that is known, which {@link #known} finds on disk again.
     *
     * @return false if that is not so, or it is being checked
     */
    boolean letGo() {
        Generation former;
        synchronized (lock) {
            if (running != null || known.get().filter(Generation::isStored).isEmpty()) {
                return false;
            }
            former = known.remove();
        }
        former.retire();
        return true;
    }

    /** The same, if it was looked up before. */
    Optional<Generation> knownNow() {
        synchronized (lock) {
            return known.get();
        }
    }

    /** Reads the packages of the generation that is known; empty if there is none, or it holds none that can be read. */
    Optional<RepositoryDatabase> contents() {
        try {
            // One that the disk refused cannot be read again.
            return known().filter(Generation::isStored).flatMap(any -> known.contents(context.databaseReading()));
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "{0}: the cache directory cannot be read ({1}); its packages are not verified",
                    new Object[] {path, e});
            return Optional.empty();
        }
    }

    void close(DownloadFailure why) {
        DatabaseCheck ending;
        Generation retired;
        synchronized (lock) {
            ending = running;
            retired = known.remove();
            closedBecause = why;
        }
        if (ending != null) {
            ending.cancel(why);
        }
        if (retired != null) {
            retired.retire();
        }
    }

    // What the policy of the running check asks and tells.

    Optional<Validators> validators(Mirror mirror) {
        synchronized (lock) {
            return known.validators(mirror);
        }
    }

    /** Whether a state without a signature may follow one that has it: no mirror had a better one at the last check. */
    boolean mayLoseItsSignature() {
        synchronized (lock) {
            return lastCheck != null && lastCheck.result() == LastCheck.Result.FAILED_UNSIGNED;
        }
    }

    /** A mirror has a newer state, but no signature for it. */
    void lostItsSignature() {
        synchronized (lock) {
            if (running != null) {
                running.seeUnsigned();
            }
        }
    }

    void unchanged(Mirror mirror, Optional<Validators> offered) {
        List<Runnable> answers;
        Optional<Generation> unstored;
        boolean toBeNoted;
        synchronized (lock) {
            known.confirm(mirror, offered);
            ended(LastCheck.Result.CONFIRMED);
            unstored = known.get().filter(generation -> !generation.isStored());
            toBeNoted = unstored.isEmpty() && known.isToBeNoted();
            answers = running == null ? List.of() : giveAll(running, Opened.Origin.HIT);
        }
        if (toBeNoted) {
            known.noteConfirmation();
        }
        answers.forEach(Runnable::run);
        unstored.ifPresent(this::storeAfterAll);
    }

    /** The disk has refused it when it was new, and may take it now. */
    private void storeAfterAll(Generation unstored) {
        Optional<Generation> stored = known.storeAfterAll(unstored);
        if (stored.isEmpty()) {
            return;
        }
        boolean replaced;
        synchronized (lock) {
            replaced = known.isStored(unstored, stored.get());
        }
        (replaced ? unstored : stored.get()).retire();
    }

    /** Returns whether it is on disk. */
    boolean publish(
            Mirror mirror,
            PartFile part,
            GenerationNote note,
            Validators offered,
            Optional<RepositoryDatabase> contents) {
        Generation next = known.store(part, note);
        // First, so that whoever has the new database finds its packages expected.
        owner.published(path, contents);
        Generation former;
        synchronized (lock) {
            // Closed meanwhile: it lies there for the next run.
            former = closedBecause == null ? known.replace(next, mirror, offered) : next;
            ended(LastCheck.Result.CONFIRMED);
            if (running != null) {
                running.published(note).forEach(client -> owner.given(client, path, note.signature()));
            }
        }
        if (former != null) {
            former.retire();
        }
        LOG.log(Level.INFO, "{0}: a new generation from {1}, modified {2}, {3}, {4}", new Object[] {
            path,
            mirror,
            note.head().lastModified(),
            contents.map(database -> database.size() + " packages").orElse("contents unknown"),
            note.signature().isPresent() ? "signed" : "not signed"
        });
        return next.isStored();
    }

    // What its download tells.

    void streams(DatabaseCheck check) {
        List<DatabaseCheck.Waiter> readers;
        synchronized (lock) {
            check.stream();
            readers = check.take();
            readers.forEach(reader -> reads(reader.client(), check));
        }
        check.letRead(readers);
    }

    void over(DatabaseCheck check) {
        Optional<DownloadFailure> failure = check.download().failure();
        List<Runnable> answers;
        synchronized (lock) {
            check.stopWaiting();
            if (running == check) {
                running = null;
            }
            if (failure.isPresent()) {
                ended(check.hasSeenUnsigned() ? LastCheck.Result.FAILED_UNSIGNED : LastCheck.Result.FAILED);
            }
            // Who came after the others were answered is answered alike.
            answers =
                    failure.map(why -> giveStaleOrFail(check, why)).orElseGet(() -> giveAll(check, Opened.Origin.HIT));
        }
        // The check was the first reader.
        check.download().close();
        answers.forEach(Runnable::run);
        check.end();
    }

    void late(DatabaseCheck check) {
        List<Runnable> answers = List.of();
        synchronized (lock) {
            check.becomeLate();
            if (mayBeGivenStale()) {
                answers = giveAll(check, Opened.Origin.STALE);
            }
        }
        answers.forEach(Runnable::run);
    }

    // Only under the lock.

    private boolean isRecent() {
        if (isFinal()) {
            return true;
        }
        return lastCheck != null
                && lastCheck.isWithin(
                        settings.get().checkInterval(path), context.nanoTime().getAsLong())
                && (!lastCheck.failed() || mayBeGivenStale());
    }

    private boolean lastCheckHasFailed() {
        return lastCheck != null && lastCheck.failed();
    }

    /** Whether the generation that is known is the only one there will ever be. */
    private boolean isFinal() {
        return known.get().isPresent() && Archive.isOfDay(path);
    }

    private boolean mayBeGivenStale() {
        return known.get().isPresent() && known.age().compareTo(settings.get().maxStale()) <= 0;
    }

    private void ended(LastCheck.Result result) {
        lastCheck = new LastCheck(result, context.nanoTime().getAsLong());
    }

    /** This client reads what arrives: it gets the signature that comes with it. */
    private void reads(Client client, DatabaseCheck check) {
        check.reads(client).ifPresent(note -> owner.given(client, path, note.signature()));
    }

    private Opened give(Client client, Opened.Origin origin) {
        Generation generation = known.get().orElseThrow();
        Content content = generation.open().orElseThrow();
        owner.given(client, path, generation.note().signature());
        if (origin == Opened.Origin.STALE) {
            owner.gaveStale();
            return new Opened(content, origin, Optional.of(known.age()));
        }
        return new Opened(content, origin);
    }

    private List<Runnable> giveAll(DatabaseCheck check, Opened.Origin origin) {
        if (closedBecause != null) {
            return check.failAll(closedBecause);
        }
        return check.answerAll(client -> give(client, origin));
    }

    private List<Runnable> giveStaleOrFail(DatabaseCheck check, DownloadFailure why) {
        // That no mirror has it any more is an answer, too.
        return why.reason() != DownloadFailure.Reason.NOT_FOUND && mayBeGivenStale()
                ? giveAll(check, Opened.Origin.STALE)
                : check.failAll(why);
    }
}
