package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.OpenFiles;
import flexo.download.Admission;
import flexo.download.Client;
import flexo.download.Download;
import flexo.download.DownloadContext;
import flexo.download.DownloadFailedException;
import flexo.download.DownloadFailure;
import flexo.download.Failover;
import flexo.download.Opened;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One check of a database, from its start until its download is over, and the clients that it concerns: those who wait
 * for what comes of it, and those who read what arrives.
 *
 * <p>Its state is guarded by the lock of its {@link DatabaseFile}; what it tells is told outside it.
 */
final class DatabaseCheck {
    /** A client that waits for its answer. */
    record Waiter(Client client, CompletableFuture<Opened> answer) {}

    /** So many are told which signature belongs to what they have read, should it be published at last. */
    private static final int READERS_AT_MOST = 2000;

    private final DownloadContext context;
    private final DatabaseFile file;
    private final Download download;
    private final Failover failover;
    private final OpenFiles.Use use;
    /** Completed when all who waited are answered, and a new check may begin. */
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private final List<Waiter> waiters = new ArrayList<>();
    /** All who read, or will read, what arrives. */
    private final Set<Client> readers = new LinkedHashSet<>();

    private boolean streaming;
    /** What it has published; null if it has not. */
    private GenerationNote published;
    /** Whether nobody with something else to read waits any longer. */
    private boolean late;
    /** Whether a mirror has offered a newer state without a signature. */
    private boolean unsignedSeen;
    /** Null before the start. */
    private ScheduledFuture<?> lateness;

    /**
     * Of a database.
     *
     * @param client for whom it is; empty if it is for ourselves
     * @param use ends with it
     * @param known the generation that is checked; null if none is known
     */
    DatabaseCheck(
            DownloadContext context,
            RepositoryPath path,
            DatabaseFile file,
            Optional<Client> client,
            OpenFiles.Use use,
            Generation known) {
        this.context = context;
        this.file = file;
        this.use = use;
        this.download = new Download(path);
        this.failover = new Failover(
                context,
                download,
                new DatabasePolicy(context, path, file, known),
                false,
                client.map(asking -> Admission.Wish.of(Admission.Share.DATABASES, asking))
                        .orElseGet(() -> Admission.Wish.ofOurs(Admission.Share.DATABASES, Admission.Urgency.WHENEVER)),
                Optional.empty(),
                () -> {});
    }

    /** Begins. */
    void start(Duration patience) {
        var unused = CompletableFuture.allOf(
                download.started().thenAccept(content -> file.streams(this)).toCompletableFuture(),
                download.over().thenRun(() -> file.over(this)).toCompletableFuture());
        lateness = context.timer().schedule(() -> file.late(this), patience.toNanos(), TimeUnit.NANOSECONDS);
        failover.start();
    }

    /** One more client waits for it. */
    void wantedBy(Client client) {
        failover.wantedBy(client);
    }

    /** Ends it early. */
    void cancel(DownloadFailure why) {
        failover.cancel(why);
    }

    /** The download; the check is its first reader. */
    Download download() {
        return download;
    }

    /** Completed when it is over, and all who waited are answered. */
    CompletionStage<Void> ended() {
        return ended;
    }

    void end() {
        use.end();
        ended.complete(null);
    }

    /** Lets those who have waited read what arrives. */
    void letRead(List<Waiter> those) {
        Opened.Origin origin = Opened.Origin.MISS;
        for (Waiter reader : those) {
            if (download.join()) {
                reader.answer().complete(new Opened(download, origin));
            } else {
                reader.answer()
                        .completeExceptionally(
                                new DownloadFailedException(download.failure().orElseThrow()));
            }
            origin = Opened.Origin.JOINED;
        }
    }

    // Only under the lock.

    void await(Client client, CompletableFuture<Opened> answer) {
        waiters.add(new Waiter(client, answer));
    }

    /** All who wait, who are to be answered now. */
    List<Waiter> take() {
        List<Waiter> taken = List.copyOf(waiters);
        waiters.clear();
        return taken;
    }

    /** Something is there for all who wait; returns what tells them so, outside the lock. */
    List<Runnable> answerAll(Function<Client, Opened> give) {
        List<Runnable> answers = new ArrayList<>();
        for (Waiter waiter : take()) {
            Opened opened = give.apply(waiter.client());
            answers.add(() -> waiter.answer().complete(opened));
        }
        return answers;
    }

    /** There is nothing for those who wait; returns what tells them so, outside the lock. */
    List<Runnable> failAll(DownloadFailure why) {
        List<Runnable> answers = new ArrayList<>();
        for (Waiter waiter : take()) {
            answers.add(() -> waiter.answer().completeExceptionally(new DownloadFailedException(why)));
        }
        return answers;
    }

    /** Bytes arrive that may be read: from now on newcomers join. */
    void stream() {
        streaming = true;
    }

    /** Lets a newcomer read what arrives; false if nothing does, or it is too late. */
    boolean join() {
        return streaming && download.join();
    }

    /** This client reads what arrives; returns what that is, if it is known already. */
    Optional<GenerationNote> reads(Client client) {
        if (published == null && readers.size() < READERS_AT_MOST) {
            readers.add(client);
        }
        return Optional.ofNullable(published);
    }

    /** What arrived is published; returns who has read it, or will. */
    List<Client> published(GenerationNote note) {
        published = note;
        return Stream.concat(readers.stream(), waiters.stream().map(Waiter::client))
                .toList();
    }

    boolean isLate() {
        return late;
    }

    void becomeLate() {
        late = true;
    }

    void seeUnsigned() {
        unsignedSeen = true;
    }

    /** Whether a mirror has offered a newer state without a signature. */
    boolean hasSeenUnsigned() {
        return unsignedSeen;
    }

    /** It is over before it became late, or after. */
    void stopWaiting() {
        lateness.cancel(false);
    }
}
