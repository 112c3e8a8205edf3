package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.BytesContent;
import flexo.cache.Content;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.GenerationNote.Signature;
import flexo.cache.Generations;
import flexo.cache.PartFile;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import flexo.repository.DatabaseLimits;
import flexo.repository.DatabaseReader;
import flexo.repository.NotADatabaseException;
import flexo.repository.RepositoryDatabase;
import flexo.repository.UnreadableCompressionException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
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
    /** How much the time of the last confirmation on disk may be behind. */
    private static final Duration CONFIRMATIONS_APART = Duration.ofMinutes(10);

    private final RepositoryPath path;
    private final DownloadContext context;
    private final Generations generations;
    private final DatabaseSettings settings;
    private final Databases owner;

    private final Object lock = new Object();
    // Guarded by lock, all that follow.
    private boolean loaded;
    /** Null if there is none. */
    private Generation current;
    /** When a mirror last confirmed it. */
    private Instant confirmed = Instant.MIN;

    private Instant confirmedOnDisk = Instant.MIN;
    /** By what each mirror tells whether it has changed. */
    private final Map<Mirror, Validators> validators = new HashMap<>();
    /** When the last check ended; null before. */
    private Long checkedNanos;

    private boolean lastCheckFailed;
    /** Whether a mirror has offered a newer state without a signature in the check that is running. */
    private boolean unsignedSeen;
    /** Whether that was so in the last one, and no mirror had anything better. */
    private boolean mayLoseItsSignature;
    /** Null if none is running. */
    private Check running;
    /** Null until it is closed; after that nothing is given any more. */
    private DownloadFailure closedBecause;

    DatabaseFile(
            RepositoryPath path,
            DownloadContext context,
            Generations generations,
            DatabaseSettings settings,
            Databases owner) {
        this.path = path;
        this.context = context;
        this.generations = generations;
        this.settings = settings;
        this.owner = owner;
    }

    private record Waiter(Client client, CompletableFuture<Opened> answer) {}

    /** One check, from its start until its download is over. */
    private final class Check {
        private final Download download = new Download(path);
        private final Failover failover;
        /** Completed when all who waited are answered, and a new check may begin. */
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        // Guarded by lock.
        private final List<Waiter> waiters = new ArrayList<>();
        /** All who read, or will read, what arrives. */
        private final Set<Client> clients = new LinkedHashSet<>();

        private boolean streaming;
        /** What it has published; null if it has not. */
        private GenerationNote published;
        /** Whether nobody with something else to read waits any longer. */
        private boolean late;

        private ScheduledFuture<?> lateness;

        Check() {
            failover = new Failover(
                    context,
                    download,
                    new DatabasePolicy(context, path, DatabaseFile.this, current),
                    false,
                    Optional.empty(),
                    () -> {});
        }

        void start(Duration patience) {
            var unused = CompletableFuture.allOf(
                    download.started().thenAccept(content -> streams(this)).toCompletableFuture(),
                    download.over().thenRun(() -> over(this)).toCompletableFuture());
            lateness = context.timer().schedule(() -> late(this), patience.toNanos(), TimeUnit.NANOSECONDS);
            owner.openFiles().begin(path);
            failover.start();
        }
    }

    /** Opens it for a client. */
    CompletionStage<Opened> open(Client client) throws IOException {
        CompletableFuture<Opened> answer = new CompletableFuture<>();
        Check mine = null;
        Duration patience = WAIT;
        synchronized (lock) {
            if (closedBecause != null) {
                return CompletableFuture.failedFuture(new DownloadFailedException(closedBecause));
            }
            load();
            if (current != null && isRecent()) {
                return CompletableFuture.completedFuture(
                        give(client, lastCheckFailed ? Opened.Origin.STALE : Opened.Origin.HIT));
            }
            if (running == null) {
                running = mine = new Check();
                patience = lastCheckFailed ? WAIT_IN_DOUBT : WAIT;
            }
            if (running.streaming && running.download.join()) {
                reads(client, running);
                return CompletableFuture.completedFuture(new Opened(running.download, Opened.Origin.JOINED));
            }
            if (running.late && mayBeGivenStale()) {
                return CompletableFuture.completedFuture(give(client, Opened.Origin.STALE));
            }
            running.waiters.add(new Waiter(client, answer));
        }
        if (mine != null) {
            mine.start(patience);
        }
        return answer;
    }

    /** Opens its signature for a client: of the generation the client was given, else of the latest. */
    CompletionStage<Opened> openSignature(Client client, Optional<Optional<Signature>> given) throws IOException {
        if (given.isPresent()) {
            return signature(given.get());
        }
        Optional<Generation> known = known();
        if (known.isPresent()) {
            return signature(known.get().note().signature());
        }
        return open(client).thenCompose(opened -> {
            opened.content().close();
            return published()
                    .thenCompose(done -> signature(
                            knownNow().flatMap(generation -> generation.note().signature())));
        });
    }

    private CompletionStage<Opened> signature(Optional<Signature> signature) {
        return signature
                .<CompletionStage<Opened>>map(bytes -> CompletableFuture.completedFuture(
                        new Opened(new BytesContent(bytes.bytes(), modified(bytes)), Opened.Origin.HIT)))
                .orElseGet(() -> CompletableFuture.failedFuture(new DownloadFailedException(new DownloadFailure(
                        DownloadFailure.Reason.NOT_FOUND, path.signature() + ": the database is not signed"))));
    }

    /** Of a former generation's signature: before that of the present one, which its client must not take it for later. */
    private Instant modified(Signature signature) {
        return knownNow()
                .map(Generation::note)
                .map(note -> note.signature().equals(Optional.of(signature))
                        ? note.head().lastModified()
                        : note.head().lastModified().minusSeconds(1))
                .orElse(Instant.EPOCH);
    }

    /** Checks it without a client. Completed when the check is over. */
    CompletionStage<Void> refresh() throws IOException {
        Check mine;
        synchronized (lock) {
            if (closedBecause != null) {
                return CompletableFuture.completedFuture(null);
            }
            load();
            if (running != null) {
                return running.ended;
            }
            running = mine = new Check();
        }
        mine.start(WAIT);
        return mine.ended;
    }

    private CompletionStage<Void> published() {
        synchronized (lock) {
            return running == null ? CompletableFuture.completedFuture(null) : running.ended;
        }
    }

    /** The generation that is handed out at present. */
    Optional<Generation> known() throws IOException {
        synchronized (lock) {
            load();
            return Optional.ofNullable(current);
        }
    }

    /** Whether there is nothing to hand out, and nothing on its way. */
    boolean isEmpty() {
        synchronized (lock) {
            return current == null && running == null;
        }
    }

    private Optional<Generation> knownNow() {
        synchronized (lock) {
            return Optional.ofNullable(current);
        }
    }

    /** Reads the packages of the generation that is known; empty if there is none, or it holds none that can be read. */
    Optional<RepositoryDatabase> contents() {
        try {
            if (known().isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(DatabaseReader.read(generations.file(path), DatabaseLimits.usual()));
        } catch (IOException | NotADatabaseException | UnreadableCompressionException e) {
            LOG.log(Level.WARNING, path + ": the cached database cannot be read; its packages are not verified", e);
            return Optional.empty();
        }
    }

    void close(DownloadFailure why) {
        Check ending;
        Generation retired;
        synchronized (lock) {
            ending = running;
            retired = current;
            current = null;
            // Nobody is to open it again.
            loaded = true;
            closedBecause = why;
        }
        if (ending != null) {
            ending.failover.cancel(why);
        }
        if (retired != null) {
            retired.retire();
        }
    }

    // What the policy of the running check asks and tells.

    Optional<Validators> validators(Mirror mirror) {
        synchronized (lock) {
            if (current == null) {
                return Optional.empty();
            }
            Validators known = validators.get(mirror);
            return Optional.of(
                    known != null ? known : new Validators(current.note().upstreamModified(), ""));
        }
    }

    /** Whether a state without a signature may follow one that has it: no mirror had a better one at the last check. */
    boolean mayLoseItsSignature() {
        synchronized (lock) {
            return mayLoseItsSignature;
        }
    }

    /** A mirror has a newer state, but no signature for it. */
    void lostItsSignature() {
        synchronized (lock) {
            unsignedSeen = true;
        }
    }

    void unchanged(Mirror mirror, Optional<Validators> offered) {
        List<Runnable> answers;
        synchronized (lock) {
            offered.ifPresent(latest -> validators.put(mirror, latest));
            confirmed();
            answers = giveAll(Opened.Origin.HIT);
        }
        storeConfirmation();
        answers.forEach(Runnable::run);
    }

    void publish(
            Mirror mirror,
            PartFile part,
            GenerationNote note,
            Validators offered,
            Optional<RepositoryDatabase> contents)
            throws IOException {
        Instant now = context.wallClock().instant();
        Generation next = generations.publish(path, part, note, now);
        // First, so that whoever has the new database finds its packages expected.
        owner.published(path, contents);
        Generation former;
        synchronized (lock) {
            // Closed meanwhile: it lies there for the next run.
            former = closedBecause == null ? current : next;
            current = closedBecause == null ? next : null;
            validators.clear();
            validators.put(mirror, offered);
            confirmed();
            confirmedOnDisk = now;
            if (running != null) {
                running.published = note;
                running.clients.forEach(client -> owner.given(client, path, note.signature()));
                running.waiters.forEach(waiter -> owner.given(waiter.client(), path, note.signature()));
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
    }

    // What its download tells.

    private void streams(Check check) {
        List<Waiter> readers;
        synchronized (lock) {
            check.streaming = true;
            readers = take(check);
            readers.forEach(reader -> reads(reader.client(), check));
        }
        Opened.Origin origin = Opened.Origin.MISS;
        for (Waiter reader : readers) {
            if (check.download.join()) {
                reader.answer().complete(new Opened(check.download, origin));
            } else {
                reader.answer()
                        .completeExceptionally(new DownloadFailedException(
                                check.download.failure().orElseThrow()));
            }
            origin = Opened.Origin.JOINED;
        }
    }

    private void over(Check check) {
        Optional<DownloadFailure> failure = check.download.failure();
        List<Runnable> answers;
        synchronized (lock) {
            check.lateness.cancel(false);
            if (running == check) {
                running = null;
            }
            if (failure.isPresent()) {
                checkedNanos = context.nanoTime().getAsLong();
                lastCheckFailed = true;
            }
            mayLoseItsSignature = failure.isPresent() && unsignedSeen;
            unsignedSeen = false;
            // Who came after the others were answered is answered alike.
            answers =
                    failure.map(why -> giveStaleOrFail(check, why)).orElseGet(() -> giveAll(check, Opened.Origin.HIT));
        }
        owner.openFiles().end(path);
        // The check was the first reader.
        check.download.close();
        answers.forEach(Runnable::run);
        check.ended.complete(null);
    }

    private void late(Check check) {
        List<Runnable> answers = List.of();
        synchronized (lock) {
            check.late = true;
            if (mayBeGivenStale()) {
                answers = giveAll(check, Opened.Origin.STALE);
            }
        }
        answers.forEach(Runnable::run);
    }

    // Only under the lock.

    private void load() throws IOException {
        if (loaded) {
            return;
        }
        Optional<Generation> stored = generations.load(path);
        if (stored.isPresent()) {
            current = stored.get();
            confirmed = confirmedOnDisk = generations.confirmed(path);
        }
        loaded = true;
    }

    private boolean isRecent() {
        return checkedNanos != null
                && context.nanoTime().getAsLong() - checkedNanos
                        < settings.checkInterval().toNanos()
                && (!lastCheckFailed || mayBeGivenStale());
    }

    private boolean mayBeGivenStale() {
        return current != null && age().compareTo(settings.maxStale()) <= 0;
    }

    private Duration age() {
        return Duration.between(confirmed, context.wallClock().instant());
    }

    private void confirmed() {
        confirmed = context.wallClock().instant();
        checkedNanos = context.nanoTime().getAsLong();
        lastCheckFailed = false;
    }

    /** This client reads what arrives: it gets the signature that comes with it. */
    private void reads(Client client, Check check) {
        check.clients.add(client);
        if (check.published != null) {
            owner.given(client, path, check.published.signature());
        }
    }

    private List<Waiter> take(Check check) {
        List<Waiter> taken = List.copyOf(check.waiters);
        check.waiters.clear();
        return taken;
    }

    private Opened give(Client client, Opened.Origin origin) {
        Content content = current.open().orElseThrow();
        owner.given(client, path, current.note().signature());
        if (origin == Opened.Origin.STALE) {
            owner.gaveStale();
            return new Opened(content, origin, Optional.of(age()));
        }
        return new Opened(content, origin);
    }

    private List<Runnable> giveAll(Opened.Origin origin) {
        return running == null ? List.of() : giveAll(running, origin);
    }

    private List<Runnable> giveAll(Check check, Opened.Origin origin) {
        if (closedBecause != null) {
            return failAll(check, closedBecause);
        }
        List<Runnable> answers = new ArrayList<>();
        for (Waiter waiter : take(check)) {
            Opened opened = give(waiter.client(), origin);
            answers.add(() -> waiter.answer().complete(opened));
        }
        return answers;
    }

    private List<Runnable> giveStaleOrFail(Check check, DownloadFailure why) {
        // That no mirror has it any more is an answer, too.
        return why.reason() != DownloadFailure.Reason.NOT_FOUND && mayBeGivenStale()
                ? giveAll(check, Opened.Origin.STALE)
                : failAll(check, why);
    }

    private List<Runnable> failAll(Check check, DownloadFailure why) {
        List<Runnable> answers = new ArrayList<>();
        for (Waiter waiter : take(check)) {
            answers.add(() -> waiter.answer().completeExceptionally(new DownloadFailedException(why)));
        }
        return answers;
    }

    /** Only now and then: that it is a little behind costs nothing. Outside the lock. */
    private void storeConfirmation() {
        Instant now = context.wallClock().instant();
        synchronized (lock) {
            if (Duration.between(confirmedOnDisk, now).compareTo(CONFIRMATIONS_APART) < 0) {
                return;
            }
            confirmedOnDisk = now;
        }
        try {
            generations.confirm(path, now);
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": that a mirror has confirmed it could not be noted", e);
        }
    }
}
