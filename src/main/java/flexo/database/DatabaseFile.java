package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.OpenFiles;
import flexo.database.CheckResult.Confirmed;
import flexo.database.CheckResult.Failed;
import flexo.database.CheckResult.Newer;
import flexo.database.CheckResult.Streaming;
import flexo.database.GivenSignatures.Given;
import flexo.download.Client;
import flexo.download.Download;
import flexo.download.DownloadContext;
import flexo.download.DownloadFailedException;
import flexo.download.DownloadFailure;
import flexo.download.Opened;
import flexo.mirror.Archive;
import flexo.mirror.Mirror;
import flexo.repository.RepositoryDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One database file: the current generation, the check for a newer one, and the clients that wait for it.
 *
 * <p>A request gets a recently confirmed generation, or waits for the running check, which the first of them has begun.
 * {@link #apply} processes the result, and answers the waiting clients:
 *
 * <ul>
 *   <li>{@link Confirmed}: with the known generation;
 *   <li>{@link Newer}: with the new one, complete and verified;
 *   <li>{@link Streaming}: with the bytes that arrive, until one of the others follows;
 *   <li>{@link Failed}, or no result in time: with the known generation, marked as stale.
 * </ul>
 *
 * <p>All state is guarded by {@code lock}. Answers are completed outside of it, since they run the client's code;
 * inside it the disk is accessed when the generation of an earlier run is looked up, and when one is removed.
 */
final class DatabaseFile {
    private static final Logger LOG = Logger.getLogger(DatabaseFile.class.getName());

    /**
     * The time for which clients wait for mirrors if a known state can be served; pacman gives up after ten seconds.
     */
    private static final Duration WAIT = Duration.ofSeconds(5);
    /** The same while mirrors do not answer: offline, no client should wait long for each database. */
    private static final Duration WAIT_IN_DOUBT = Duration.ofSeconds(1);
    /**
     * The delay before a missing signature is looked for again, since at first its database is not served without it.
     */
    private static final Duration UNSIGNED_FOR = Duration.ofSeconds(5);
    /** The limit of readers that are remembered to get the matching signature once the state is published. */
    private static final int READERS_AT_MOST = 2000;
    /** A client's clock may be wrong, too. */
    private static final Duration CLOCKS_DIFFER_AT_MOST = Duration.ofDays(1);

    private final RepositoryPath path;
    private final DatabaseContext context;
    private final DownloadContext downloads;
    private final GenerationStore store;

    private final Object lock = new Object();
    // All following fields are guarded by lock.
    private final KnownGeneration known;
    /** Null before the first check has ended. */
    private LastCheck lastCheck;
    /** Null without a running check. */
    private Running running;
    /** The time since which every mirror has had only older states; null if one has another. */
    private Long olderSinceNanos;
    /** The time mirrors were last asked because a client had a later copy; null if never. */
    private Long behindAskedNanos;
    /** Whether a client of this run has requested the signature. */
    private boolean signatureWanted;
    /** Whether the generation is signed, but the last mirror that was asked had no signature. */
    private boolean signatureMissed;
    /** The reason why it is unknown whether the generation is signed; null if it is known. */
    private DownloadFailure signatureFailure;
    /** Null until it is closed, which ends all answers. */
    private DownloadFailure closedBecause;

    /**
     * A waiting client.
     *
     * @param signatureOnly whether it gets no database, but only waits for its check
     */
    private record Waiter(Client client, boolean signatureOnly, CompletableFuture<Opened> answer) {}

    /** The state of a running check. */
    private static final class Running {
        private final OpenFiles.Use use;
        private final List<Waiter> waiters = new ArrayList<>();
        /** All clients that read the bytes as they arrive. */
        private final Set<Client> readers = new LinkedHashSet<>();
        /** Completed when all waiting clients are answered, and a new check may begin. */
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        /** Replaced by another check, with the same waiting clients, if all mirrors are asked once more. */
        private DatabaseCheck check;
        /** The arriving database; null until clients may read it. */
        private Download streaming;
        /** Whether all clients that can be served a known state have stopped waiting. */
        private boolean late;
        /** Null before the start. */
        private ScheduledFuture<?> lateness;

        Running(DatabaseCheck check, OpenFiles.Use use) {
            this.check = check;
            this.use = use;
        }

        List<Waiter> takeWaiters() {
            List<Waiter> taken = List.copyOf(waiters);
            waiters.clear();
            return taken;
        }
    }

    DatabaseFile(RepositoryPath path, DatabaseContext context) {
        this.path = path;
        this.context = context;
        this.downloads = context.downloads();
        this.store = new GenerationStore(path, context.generations(), downloads.disk(), downloads.wallClock());
        this.known = new KnownGeneration(store, downloads.wallClock(), downloads.nanoTime());
    }

    /** Opens it for a client. */
    CompletionStage<Opened> open(Client client) {
        return open(client, false);
    }

    private CompletionStage<Opened> open(Client client, boolean signatureOnly) {
        CompletableFuture<Opened> answer = new CompletableFuture<>();
        Optional<Running> begun = Optional.empty();
        Duration patience;
        DatabaseCheck joined;
        synchronized (lock) {
            if (closedBecause != null) {
                return CompletableFuture.failedFuture(new DownloadFailedException(closedBecause));
            }
            known.load();
            patience = lastCheckHasFailed() ? WAIT_IN_DOUBT : WAIT;
            Optional<Instant> laterCopy = laterCopy(client);
            Waiter waiter = new Waiter(client, signatureOnly, answer);
            if (known.get().isPresent() && laterCopy.isEmpty() && isRecent(signatureOnly)) {
                return CompletableFuture.completedFuture(
                        give(waiter, lastCheckHasFailed() ? Opened.Origin.STALE : Opened.Origin.HIT));
            }
            if (running == null) {
                begun = Optional.of(begin(Optional.of(client), laterCopy));
            }
            if (running.streaming != null && running.streaming.join()) {
                reads(waiter);
                return CompletableFuture.completedFuture(new Opened(running.streaming, Opened.Origin.JOINED));
            }
            if (running.late && mayBeGivenStale()) {
                return CompletableFuture.completedFuture(give(waiter, Opened.Origin.STALE));
            }
            running.waiters.add(waiter);
            joined = running.check;
        }
        begun.ifPresentOrElse(mine -> start(mine, patience), () -> joined.wantedBy(client));
        return answer;
    }

    /** Checks it in the background. Completed when the check is over. */
    CompletionStage<Void> refresh() {
        Running mine;
        synchronized (lock) {
            if (closedBecause != null) {
                return CompletableFuture.completedFuture(null);
            }
            known.load();
            if (isFinal()) {
                return CompletableFuture.completedFuture(null);
            }
            if (running != null) {
                return running.over;
            }
            mine = begin(Optional.empty(), Optional.empty());
        }
        start(mine, WAIT);
        return mine.over;
    }

    /**
     * Ensures that the signature was checked as recently as the database.
     *
     * @param hasDatabase whether the client was given the database a moment ago, which was checked for that
     * @return completed when it was, or the wait is over; fails if there is no database
     */
    CompletionStage<Void> checkedWithSignature(Client client, boolean hasDatabase) {
        boolean isOnlyOfDatabase;
        synchronized (lock) {
            signatureWanted = true;
            if (hasDatabase && lastCheck != null && running == null && lastCheck.tellsOfPair(now())) {
                return CompletableFuture.completedFuture(null);
            }
            isOnlyOfDatabase = running != null && !running.check.signatureToo();
        }
        CompletionStage<Void> next = nextCheck(client);
        return isOnlyOfDatabase ? next.thenCompose(over -> nextCheck(client)) : next;
    }

    private CompletionStage<Void> nextCheck(Client client) {
        return open(client, true).thenCompose(database -> {
            database.content().close();
            return database.origin() == Opened.Origin.STALE ? CompletableFuture.completedFuture(null) : settled();
        });
    }

    /** Completed when no check is running, and all waiting clients are answered. */
    private CompletionStage<Void> settled() {
        synchronized (lock) {
            return running == null ? CompletableFuture.completedFuture(null) : running.over;
        }
    }

    /** The current generation. */
    Optional<Generation> known() {
        synchronized (lock) {
            known.load();
            return known.get();
        }
    }

    /** A view for people; empty if there is no generation, or it was not looked up yet. */
    Optional<DatabaseView> view() {
        synchronized (lock) {
            return known.get()
                    .map(generation -> new DatabaseView(
                            path,
                            generation.note().head().lastModified(),
                            generation.note().head().lengthBytes(),
                            generation.note().signature().isPresent(),
                            known.confirmedBy().map(Mirror::toString),
                            downloads.wallClock().instant().minus(known.age()).truncatedTo(ChronoUnit.SECONDS),
                            lastCheckHasFailed(),
                            running != null));
        }
    }

    /**
     * Removes the known generation, also from disk: the next request gets a mirror's state.
     *
     * @return false if it is being checked, and nothing was done
     */
    boolean evict() {
        Generation former;
        synchronized (lock) {
            if (running != null || closedBecause != null) {
                return false;
            }
            former = known.remove();
            lastCheck = null;
            olderSinceNanos = null;
            // Inside the lock: a check that begins meanwhile may publish another one under the same name.
            store.remove();
        }
        if (former != null) {
            former.retire();
        }
        return true;
    }

    /** The reason why it is unknown whether the generation is signed; empty if it is known. */
    Optional<DownloadFailure> signatureFailure() {
        synchronized (lock) {
            return Optional.ofNullable(signatureFailure);
        }
    }

    /** Whether there is no generation and no check. */
    boolean isEmpty() {
        synchronized (lock) {
            return known.get().isEmpty() && running == null;
        }
    }

    /**
     * Releases the known generation, which {@link #known} finds on disk again.
     *
     * @return false if it is not on disk, or being checked
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

    /** Reads the packages of the known generation; empty if there is none, or it contains none that can be read. */
    Optional<RepositoryDatabase> contents() {
        Snapshot now;
        synchronized (lock) {
            known.load();
            now = snapshot(Optional.empty());
        }
        // A generation that the disk refused was never read from there.
        return now.known().filter(Generation::isStored).flatMap(any -> now.contents(downloads.databaseReading()));
    }

    void close(DownloadFailure why) {
        DatabaseCheck ending;
        Generation retired;
        List<Runnable> answers = List.of();
        synchronized (lock) {
            ending = running == null ? null : running.check;
            retired = known.remove();
            closedBecause = why;
            if (running != null) {
                answers = failAll(why);
            }
        }
        if (ending != null) {
            ending.cancel(why);
        }
        answers.forEach(Runnable::run);
        if (retired != null) {
            retired.retire();
        }
    }

    // A check, from start to end.

    private void start(Running mine, Duration patience) {
        mine.lateness = downloads.timer().schedule(() -> late(mine), patience.toNanos(), TimeUnit.NANOSECONDS);
        run(mine, mine.check);
    }

    private void run(Running mine, DatabaseCheck check) {
        var unused = check.run().thenAccept(result -> apply(mine, check, result));
    }

    private void late(Running mine) {
        List<Runnable> answers = List.of();
        synchronized (lock) {
            mine.late = true;
            if (running == mine && mayBeGivenStale()) {
                answers = giveAll(Opened.Origin.STALE);
            }
        }
        answers.forEach(Runnable::run);
    }

    /** Processes the result of a check; the only place that changes the known generation. */
    private void apply(Running mine, DatabaseCheck check, CheckResult result) {
        if (result instanceof Streaming streaming) {
            stream(mine, streaming.download());
            var unused = streaming.end().thenAccept(end -> apply(mine, check, end));
        } else if (result instanceof Failed failed) {
            failed(mine, check, failed);
        } else {
            if (result instanceof Confirmed confirmed) {
                confirmed(check, confirmed);
            } else {
                newer((Newer) result);
            }
            var unused = check.settled().thenRun(() -> over(mine));
        }
    }

    private void stream(Running mine, Download download) {
        List<Waiter> waiters;
        synchronized (lock) {
            mine.streaming = download;
            waiters = mine.takeWaiters();
            waiters.forEach(this::reads);
        }
        Opened.Origin origin = Opened.Origin.MISS;
        for (Waiter waiter : waiters) {
            if (download.join()) {
                waiter.answer().complete(new Opened(download, origin));
            } else {
                waiter.answer()
                        .completeExceptionally(
                                new DownloadFailedException(download.failure().orElseThrow()));
            }
            origin = Opened.Origin.JOINED;
        }
    }

    private void confirmed(DatabaseCheck check, Confirmed confirmed) {
        List<Runnable> answers;
        Optional<GenerationNote> learned = Optional.empty();
        Optional<Generation> unstored = Optional.empty();
        boolean toBeNoted = false;
        synchronized (lock) {
            if (known.get().isPresent()) {
                Generation generation = known.get().get();
                known.confirm(
                        confirmed.mirror(),
                        confirmed.offered(),
                        confirmed.staleFor().orElse(Duration.ZERO));
                learned = learned(generation.note(), confirmed);
                learned.ifPresent(generation::note);
                unstored = Optional.of(generation).filter(one -> !one.isStored());
                toBeNoted = known.isToBeNoted() && unstored.isEmpty() && learned.isEmpty();
            }
            ended(
                    confirmed.staleFor().isPresent() ? LastCheck.Result.FAILED : LastCheck.Result.CONFIRMED,
                    check.signatureToo());
            answers = giveAll(confirmed.staleFor().isPresent() ? Opened.Origin.STALE : Opened.Origin.HIT);
        }
        if (unstored.isEmpty()) {
            learned.ifPresent(store::rewrite);
        }
        if (toBeNoted) {
            store.confirm();
        }
        answers.forEach(Runnable::run);
        unstored.ifPresent(this::storeAfterAll);
    }

    /** The new note of the generation; empty if nothing has changed. Guarded by the lock. */
    private Optional<GenerationNote> learned(GenerationNote note, Confirmed confirmed) {
        GenerationNote next = signed(note, confirmed);
        Mirror mirror = confirmed.mirror();
        if (next.source().isEmpty() || isOfFormerUpstream(note)) {
            next = next.from(mirror.fingerprint());
        }
        return Optional.of(next).filter(one -> !one.equals(note));
    }

    private GenerationNote signed(GenerationNote note, Confirmed confirmed) {
        SignatureRequest.Answer answer = confirmed.signature().orElse(null);
        if (answer instanceof SignatureRequest.Answer.Found found) {
            signatureMissed = false;
            signatureFailure = null;
            return note.signed(Optional.of(found.signature()));
        }
        if (answer instanceof SignatureRequest.Answer.Failed failed) {
            signatureFailure = failed.toClients(confirmed.mirror(), path);
        }
        if (answer instanceof SignatureRequest.Answer.Absent) {
            signatureFailure = null;
            if (signatureMissed) {
                return note.signed(Optional.empty());
            }
            // While files are replaced, one may be missing for seconds.
            signatureMissed = note.signature().isPresent();
        }
        return note;
    }

    /** Tries to store a generation that the disk has refused before. */
    private void storeAfterAll(Generation unstored) {
        Optional<Generation> stored = store.storeAfterAll(unstored);
        if (stored.isEmpty()) {
            return;
        }
        boolean replaced;
        synchronized (lock) {
            replaced = known.isStored(unstored, stored.get());
        }
        (replaced ? unstored : stored.get()).retire();
    }

    private void newer(Newer newer) {
        GenerationNote note = newer.generation().note();
        // First, so that the packages of the new database are known before any client has it.
        context.listed().published(path, newer.contents());
        List<Runnable> answers;
        Generation former;
        synchronized (lock) {
            if (closedBecause == null) {
                former = known.replace(
                        newer.generation(),
                        newer.mirror(),
                        newer.offered(),
                        newer.staleFor().orElse(Duration.ZERO));
            } else {
                // It stays on disk for the next run.
                former = newer.generation();
            }
            signatureMissed = false;
            signatureFailure = newer.signatureFailure().orElse(null);
            ended(newer.staleFor().isPresent() ? LastCheck.Result.FAILED : LastCheck.Result.CONFIRMED, true);
            running.readers.forEach(reader -> context.given().put(reader, path, Given.of(note)));
            answers = newer.staleFor().isPresent()
                    ? giveAll(Opened.Origin.STALE)
                    : giveNew(newer.mirror().toString());
        }
        if (former != null) {
            former.retire();
        }
        LOG.log(Level.INFO, "{0}: a new generation from {1}, modified {2}, {3}, {4}", new Object[] {
            path,
            newer.mirror(),
            note.head().lastModified(),
            newer.contents().map(database -> database.size() + " packages").orElse("contents unknown"),
            note.signature().isPresent() ? "signed" : "not signed"
        });
        answers.forEach(Runnable::run);
    }

    private void failed(Running mine, DatabaseCheck check, Failed failed) {
        List<Runnable> answers = List.of();
        DatabaseCheck again = null;
        synchronized (lock) {
            boolean unsignedBefore = lastCheck != null && lastCheck.result() == LastCheck.Result.FAILED_UNSIGNED;
            if (failed.everyMirror()) {
                olderSinceNanos = olderSinceNanos == null ? now() : olderSinceNanos;
            } else if (!failed.doubts().isEmpty()) {
                olderSinceNanos = null;
            }
            Duration olderFor = failed.everyMirror() ? Duration.ofNanos(now() - olderSinceNanos) : Duration.ZERO;
            Belief belief = Belief.after(
                    failed, unsignedBefore, olderFor, known.validators().size());
            if (check.snapshot().belief().isNone() && !belief.isNone() && closedBecause == null) {
                again = newCheck(check.snapshot().believing(belief), Optional.empty(), check.signatureToo());
                mine.check = again;
                mine.streaming = null;
            } else {
                boolean unsigned = failed.doubts().stream().anyMatch(doubt -> doubt.kind() == Doubt.Kind.UNSIGNED);
                ended(unsigned ? LastCheck.Result.FAILED_UNSIGNED : LastCheck.Result.FAILED, false);
                answers = giveStaleOrFail(failed.why());
                // Before they are answered: later requests start a new check.
                running = null;
            }
        }
        if (again != null) {
            // No mirror has a better state: doubted ones are now accepted.
            run(mine, again);
            return;
        }
        end(mine, answers);
    }

    private void over(Running mine) {
        List<Runnable> answers;
        synchronized (lock) {
            // Clients that came after the others were answered get the same.
            answers = giveAll(lastCheckHasFailed() ? Opened.Origin.STALE : Opened.Origin.HIT);
            running = null;
        }
        end(mine, answers);
    }

    private static void end(Running mine, List<Runnable> answers) {
        mine.lateness.cancel(false);
        answers.forEach(Runnable::run);
        mine.use.end();
        mine.over.complete(null);
    }

    // Guarded by the lock.

    private Running begin(Optional<Client> client, Optional<Instant> laterCopy) {
        if (laterCopy.isPresent()) {
            behindAskedNanos = now();
        }
        running = new Running(
                newCheck(snapshot(laterCopy), client, signatureWanted),
                context.openFiles().begin(path));
        return running;
    }

    private DatabaseCheck newCheck(Snapshot snapshot, Optional<Client> client, boolean signatureToo) {
        return new DatabaseCheck(downloads, store, snapshot, client, signatureToo);
    }

    private Snapshot snapshot(Optional<Instant> laterCopy) {
        return new Snapshot(
                path,
                known.get(),
                known.get()
                        .map(Generation::note)
                        .filter(this::isOfFormerUpstream)
                        .isPresent(),
                known.validators(),
                laterCopy,
                Belief.NONE);
    }

    private boolean isOfFormerUpstream(GenerationNote note) {
        Set<Mirror> named = downloads.mirrors().named(path);
        return !note.source().isEmpty()
                && !named.isEmpty()
                && named.stream().map(Mirror::fingerprint).noneMatch(note.source()::equals);
    }

    /** The time of a client's copy, if it is later than the known generation, so that mirrors should be asked. */
    private Optional<Instant> laterCopy(Client client) {
        boolean askedLately = behindAskedNanos != null
                && now() - behindAskedNanos < interval().toNanos();
        return client.copy()
                .filter(copy -> !askedLately && known.get().isPresent())
                .filter(copy -> copy.isAfter(known.get().get().note().head().lastModified()))
                .filter(copy -> copy.isBefore(downloads.wallClock().instant().plus(CLOCKS_DIFFER_AT_MOST)));
    }

    private Duration interval() {
        return context.settings().get().checkInterval(path);
    }

    private long now() {
        return downloads.nanoTime().getAsLong();
    }

    /** Whether the generation, or its signature, may be served without asking mirrors. */
    private boolean isRecent(boolean signatureOnly) {
        if (isFinal()) {
            return true;
        }
        if (signatureOnly && lastCheck != null && !lastCheck.failed() && !lastCheck.signatureToo()) {
            return false;
        }
        if (lastCheck == null
                || known.get()
                        .map(Generation::note)
                        .filter(this::isOfFormerUpstream)
                        .isPresent()) {
            return false;
        }
        boolean unsigned = lastCheck.result() == LastCheck.Result.FAILED_UNSIGNED;
        Duration time = unsigned && interval().compareTo(UNSIGNED_FOR) > 0 ? UNSIGNED_FOR : interval();
        return lastCheck.isWithin(time, now()) && (!lastCheck.failed() || mayBeGivenStale());
    }

    private boolean lastCheckHasFailed() {
        return lastCheck != null && lastCheck.failed();
    }

    /** Whether the known generation can never change. */
    private boolean isFinal() {
        return known.get().isPresent() && Archive.isOfDay(path);
    }

    private boolean mayBeGivenStale() {
        return known.get().isPresent()
                && known.age().compareTo(context.settings().get().maxStale()) <= 0;
    }

    private void ended(LastCheck.Result result, boolean signatureToo) {
        lastCheck = new LastCheck(result, signatureToo, now());
        if (!lastCheck.failed()) {
            olderSinceNanos = null;
        }
    }

    /** Notes that this client reads the arriving database, and gets its signature. */
    private void reads(Waiter reader) {
        if (!reader.signatureOnly() && running.readers.size() < READERS_AT_MOST) {
            running.readers.add(reader.client());
        }
    }

    private Opened give(Waiter waiter, Opened.Origin origin) {
        return give(waiter, origin, "cache");
    }

    private Opened give(Waiter waiter, Opened.Origin origin, String source) {
        Generation generation = known.get().orElseThrow();
        Content content = generation.open(source).orElseThrow();
        if (!waiter.signatureOnly()) {
            context.given().put(waiter.client(), path, Given.of(generation.note()));
        }
        if (origin != Opened.Origin.STALE) {
            return new Opened(content, origin);
        }
        if (!waiter.signatureOnly()) {
            context.staleAnswers().increment();
        }
        return new Opened(content, origin, Optional.of(known.age()));
    }

    // The results are run outside the lock, to answer waiting clients.

    private List<Runnable> giveAll(Opened.Origin origin) {
        return closedBecause == null ? answerAll(waiter -> give(waiter, origin)) : failAll(closedBecause);
    }

    /** The first client started the download; the others joined. */
    private List<Runnable> giveNew(String source) {
        if (closedBecause != null) {
            return failAll(closedBecause);
        }
        AtomicBoolean joined = new AtomicBoolean();
        return answerAll(
                waiter -> give(waiter, joined.getAndSet(true) ? Opened.Origin.JOINED : Opened.Origin.MISS, source));
    }

    private List<Runnable> giveStaleOrFail(DownloadFailure why) {
        // That no mirror has it any more is a valid answer, too.
        return why.reason() != DownloadFailure.Reason.NOT_FOUND && mayBeGivenStale()
                ? giveAll(Opened.Origin.STALE)
                : failAll(closedBecause == null ? why : closedBecause);
    }

    private List<Runnable> answerAll(Function<Waiter, Opened> give) {
        List<Runnable> answers = new ArrayList<>();
        for (Waiter waiter : running.takeWaiters()) {
            Opened opened = give.apply(waiter);
            answers.add(() -> waiter.answer().complete(opened));
        }
        return answers;
    }

    private List<Runnable> failAll(DownloadFailure why) {
        return running.takeWaiters().stream()
                .<Runnable>map(waiter -> () -> waiter.answer().completeExceptionally(new DownloadFailedException(why)))
                .toList();
    }
}
