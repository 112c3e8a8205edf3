package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import flexo.cache.OpenFiles;
import flexo.cache.VerifiedFiles;
import flexo.cache.WrongFiles;
import flexo.mirror.Mirror;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;

/**
 * All running downloads (single flight): a request finds its file in the cache, joins the running download, or starts
 * one.
 *
 * <p>There is no gap between the three: a download puts its file into the cache before it leaves, and a request that
 * starts one looks into the cache once more, while no other can start the same.
 */
public final class Downloads implements FileSource, AheadSource, AutoCloseable {
    /** The time for which a client waits for a revalidation; pacman gives up after ten seconds. */
    private static final Duration CHECK_WAIT = Duration.ofSeconds(5);
    /** The same while mirrors do not answer. */
    private static final Duration CHECK_WAIT_IN_DOUBT = Duration.ofSeconds(1);

    private final DownloadContext context;
    private final ExpectedFiles expectedFiles;
    private final VerifiedFiles verified;
    private final Confirmations confirmations;
    private final PackageSignatures packageSignatures;
    private final CachedFiles cachedFiles;
    private final SignatureFetching signatures;
    private final OpenFiles openFiles;
    private final ObjLongConsumer<RepositoryPath> whenCached;
    /** Called when a client begins to wait, and when a download that one wanted has ended. */
    private volatile Runnable whenClientsChange = () -> {};
    /** By method, {@code GET} or {@code HEAD}, and path. */
    private final ConcurrentMap<String, Running> running = new ConcurrentHashMap<>();
    /** These, and those that cannot be joined any more. */
    private final Set<Running> all = ConcurrentHashMap.newKeySet();

    private final Inquests inquests;
    private final EndedDownloads ended = new EndedDownloads();

    private volatile boolean closed;

    /** The use ends with the download. */
    private record Running(Download download, FilePolicy policy, Failover failover, OpenFiles.Use use, Instant began) {
        DownloadView view() {
            return download.view(began);
        }
    }

    /** The time of fetching a package's signature. */
    public enum SignatureFetching {
        /** With its package, which is incomplete without it. */
        WITH_PACKAGE,
        /** At the first request for it. */
        ON_DEMAND
    }

    /**
     * No downloads yet.
     *
     * @param expectedFiles the expected properties of packages
     * @param verified the verified cached packages
     * @param wrong removes wrong ones
     * @param revalidation the freshness of mutable files
     * @param openFiles tracks files in use
     * @param whenCached receives each file that was put into the cache, except signatures, with its size
     */
    public Downloads(
            DownloadContext context,
            ExpectedFiles expectedFiles,
            VerifiedFiles verified,
            WrongFiles wrong,
            SignatureFetching signatures,
            Revalidation revalidation,
            OpenFiles openFiles,
            ObjLongConsumer<RepositoryPath> whenCached) {
        this.context = context;
        this.expectedFiles = expectedFiles;
        this.verified = verified;
        this.confirmations = new Confirmations(revalidation, context.nanoTime());
        this.packageSignatures = new PackageSignatures(context.cache(), wrong);
        this.cachedFiles = new CachedFiles(
                context.cache(),
                new Verification(
                        context.cache(),
                        expectedFiles,
                        packageSignatures,
                        verified,
                        wrong,
                        context.lines(),
                        context.reading()),
                confirmations,
                context.storage());
        this.signatures = signatures;
        this.openFiles = openFiles;
        this.whenCached = whenCached;
        this.inquests = new Inquests(context, this);
    }

    @Override
    public CompletionStage<Opened> open(RepositoryPath path, Client client) {
        return open(path, client, false);
    }

    @Override
    public CompletionStage<Opened> openHead(RepositoryPath path, Client client) {
        Running body = running.get(key(path, false));
        if (body != null && !body.policy().isDispensable() && body.download().join()) {
            clientWaits(body, client);
            return opened(body, Opened.Origin.JOINED);
        }
        return open(path, client, true);
    }

    @Override
    public CompletionStage<Opened> openCached(RepositoryPath path, Client client) {
        Continuations none = (file, head, rest, position) -> {
            throw new IOException(file + ": it is not kept, and only what is here was asked for");
        };
        return using(
                path,
                use -> cachedFiles
                        .find(use, () -> growing(use, client))
                        .thenApply(opened -> new Opened(
                                new OpenContent(opened.content(), use, none), opened.origin(), opened.age())));
    }

    /** Opens a file that was not in the cache a moment ago, if it is being downloaded and its head is known. */
    private CompletionStage<Opened> growing(OpenFiles.Use use, Client client) {
        Running present = running.get(key(use.path(), false));
        if (present != null
                && !present.policy().isDispensable()
                && present.download().head() != null
                && present.download().join()) {
            use.settle();
            clientWaits(present, client);
            return opened(present, Opened.Origin.JOINED);
        }
        // Its download may have finished since.
        Supplier<CompletionStage<Opened>> nowhere =
                () -> CompletableFuture.failedFuture(DownloadFailedException.notCached(use.path()));
        return cachedFiles
                .trusted(use.path())
                .map(entry -> cachedFiles.hit(use.path(), entry, nowhere))
                .orElseGet(nowhere);
    }

    /** The number of running downloads. */
    public int count() {
        return all.size();
    }

    /** The running downloads, the longest running first, up to a limit. */
    public List<DownloadView> views(int most) {
        return all.stream()
                .map(Running::view)
                .filter(view -> view.path().kind() != FileKind.SIGNATURE)
                .sorted(Comparator.comparing(DownloadView::began))
                .limit(most)
                .toList();
    }

    /** The last downloads that ended, the latest first. */
    public List<DownloadView> ended() {
        return ended.all();
    }

    @Override
    public CompletionStage<Ahead> fetchAhead(RepositoryPath path, boolean slowly) {
        Optional<Joined> joined = join(path, false, new Asker.ForNobody(slowly));
        if (joined.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new Ahead(End.INTERRUPTED, 0, stopping(path).message()));
        }
        if (joined.get().running().isEmpty()) {
            return CompletableFuture.completedFuture(new Ahead(End.PRESENT, 0, ""));
        }
        Download download = joined.get().running().get().download();
        if (joined.get().withdrawn()) {
            return download.over()
                    .thenApply(over -> new Ahead(End.INTERRUPTED, 0, path + ": it was just being given up"));
        }
        return download.over().thenApply(over -> {
            Ahead ended = download.failure()
                    .map(failure -> new Ahead(end(failure.reason()), 0, failure.message()))
                    .orElseGet(() -> download.head() == null
                            ? new Ahead(End.PRESENT, 0, "")
                            : new Ahead(End.FETCHED, download.head().lengthBytes(), ""));
            download.ceaseToAttend();
            return ended;
        });
    }

    private static End end(DownloadFailure.Reason reason) {
        return switch (reason) {
            case NOT_FOUND -> End.MISSING;
            case ABANDONED, BUSY -> End.INTERRUPTED;
            case NOT_ALLOWED, NOT_CACHED, BAD_ANSWERS, PUT_OFF, TIMED_OUT, STORAGE -> End.FAILED;
        };
    }

    @Override
    public void interrupt(RepositoryPath path) {
        Running present = running.get(key(path, false));
        if (present != null && present.download().withdraw()) {
            present.failover()
                    .cancel(new DownloadFailure(
                            DownloadFailure.Reason.ABANDONED, path + ": clients' downloads come first"));
        }
    }

    @Override
    public boolean clientsWait() {
        return all.stream().anyMatch(present -> present.download().demand().isWanted());
    }

    /**
     * Sets a listener for changes of {@link #clientsWait}.
     *
     * @param look called by any thread, whatever locks it holds; must only pass the work on
     */
    public void whenClientsChange(Runnable look) {
        whenClientsChange = look;
    }

    private void clientWaits(Running awaited, Client client) {
        awaited.download().demand().tell();
        awaited.failover().wantedBy(client);
        whenClientsChange.run();
    }

    /**
     * Brings a file into the cache, without reading it.
     *
     * @param preferred the mirror to ask first, if its download has not begun
     * @return completed when it is cached, or will not be
     */
    private CompletionStage<Void> fetch(RepositoryPath path, Mirror preferred) {
        return using(
                path,
                use -> cachedFiles.whenFree(use, () -> fetchNow(use, preferred)).thenRun(use::end));
    }

    private CompletionStage<Void> fetchNow(OpenFiles.Use use, Mirror preferred) {
        // It is not opened here.
        use.settle();
        return cachedFiles
                .proven(use)
                .thenCompose(
                        there -> there ? CompletableFuture.<Void>completedFuture(null) : fetchMissing(use, preferred));
    }

    private CompletionStage<Void> fetchMissing(OpenFiles.Use use, Mirror preferred) {
        return join(use.path(), false, new Asker.ForPackage(preferred))
                .filter(joined -> !joined.withdrawn())
                .flatMap(Joined::running)
                .map(found -> {
                    Download download = found.download();
                    var unused = download.over().thenRun(download::close);
                    return download.over();
                })
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    private CompletionStage<Opened> open(RepositoryPath path, Client client, boolean headOnly) {
        Continuations continuations = (file, head, rest, position) -> goOn(file, client, head, rest, position);
        return using(
                path,
                use -> cachedFiles
                        .find(use, () -> fresh(use, client, headOnly))
                        .thenApply(opened -> new Opened(
                                new OpenContent(opened.content(), use, continuations), opened.origin(), opened.age())));
    }

    /**
     * Marks a file as in use before it is looked up, so that it is not removed before the client has it.
     *
     * @param looking ends the use at some time if it succeeds; if it fails, the use ends here
     */
    private <T> CompletionStage<T> using(RepositoryPath path, Function<OpenFiles.Use, CompletionStage<T>> looking) {
        OpenFiles.Use use = openFiles.begin(path);
        try {
            return looking.apply(use).whenComplete((found, failure) -> {
                if (failure != null) {
                    use.end();
                }
            });
        } catch (RuntimeException e) {
            use.end();
            throw e;
        }
    }

    /** Joins or starts a download of a file that was not in the cache a moment ago. */
    private CompletionStage<Opened> fresh(OpenFiles.Use use, Client client, boolean headOnly) {
        Optional<Joined> joined = join(use.path(), headOnly, new Asker.ForClient(client));
        if (joined.isEmpty()) {
            return CompletableFuture.failedFuture(new DownloadFailedException(stopping(use.path())));
        }
        Joined found = joined.get();
        if (found.running().isEmpty()) {
            return cachedFiles.hit(use.path(), found.stored().orElseThrow(), () -> fresh(use, client, headOnly));
        }
        Download download = found.running().get().download();
        if (found.withdrawn()) {
            return download.over().thenCompose(over -> fresh(use, client, headOnly));
        }
        // It reads through the download, not by the file's name.
        use.settle();
        CompletionStage<Opened> opened = opened(found.running().get(), origin(found, download));
        return found.running().get().policy() instanceof KeptPolicy policy && policy.isDispensable()
                ? checked(use, found.running().get().download(), policy, opened, () -> fresh(use, client, headOnly))
                : opened;
    }

    /**
     * The answer to a client of a file under revalidation: the arriving file if it has changed, otherwise the cached
     * one, also if no mirror answers in time.
     */
    private CompletionStage<Opened> checked(
            OpenFiles.Use use,
            Download download,
            KeptPolicy policy,
            CompletionStage<Opened> arriving,
            Supplier<CompletionStage<Opened>> miss) {
        RepositoryPath path = use.path();
        CompletableFuture<CompletionStage<Opened>> answer = new CompletableFuture<>();
        AtomicBoolean decided = new AtomicBoolean();
        Consumer<Supplier<CompletionStage<Opened>>> decide = given -> {
            if (decided.compareAndSet(false, true)) {
                answer.complete(given.get());
            }
        };
        Runnable giveStale = () -> cachedFiles.stale(path).ifPresent(entry -> decide.accept(() -> stale(path, entry)));
        boolean inDoubt = cachedFiles
                .present(path)
                .flatMap(entry -> confirmations.stale(path, entry))
                .isPresent();
        ScheduledFuture<?> patience = context.timer()
                .schedule(
                        () -> context.storage().execute(giveStale),
                        (inDoubt ? CHECK_WAIT_IN_DOUBT : CHECK_WAIT).toNanos(),
                        TimeUnit.NANOSECONDS);
        var unused = arriving.whenComplete((opened, failure) -> {
            if (failure != null) {
                giveStale.run();
            }
            decide.accept(() -> arriving);
        });
        var unusedEither = download.over().thenRun(() -> {
            if (policy.isUnchanged()) {
                decide.accept(() -> cachedFiles
                        .present(path)
                        .map(entry -> cachedFiles.hit(path, entry, miss))
                        .orElseGet(miss));
            }
        });
        return answer.thenCompose(given -> {
            patience.cancel(false);
            if (given != arriving) {
                // It reads the cached file.
                download.close();
            }
            return given;
        });
    }

    private CompletionStage<Opened> stale(RepositoryPath path, CacheEntry entry) {
        Duration age = confirmations.age(path, entry);
        confirmations.failed(path, entry.head());
        return cachedFiles.staleHit(
                entry,
                age,
                () -> CompletableFuture.failedFuture(new DownloadFailedException(new DownloadFailure(
                        DownloadFailure.Reason.STORAGE, path + ": it was removed while it was opened"))));
    }

    private static Opened.Origin origin(Joined found, Download download) {
        if (found.started()) {
            return Opened.Origin.MISS;
        }
        // Complete except for its publication, it is read from disk like any other hit.
        return download.isWhole() ? Opened.Origin.HIT : Opened.Origin.JOINED;
    }

    /**
     * The result of joining: a download, which was joined or started, or which is withdrawn and will end at once; or
     * the cached file.
     */
    private record Joined(Optional<Running> running, boolean started, boolean withdrawn, Optional<CacheEntry> stored) {}

    /**
     * Joins the download of a file, or starts it.
     *
     * @return empty if the application is being stopped
     */
    private Optional<Joined> join(RepositoryPath path, boolean headOnly, Asker asker) {
        if (closed) {
            return Optional.empty();
        }
        // The result of compute: one of the two.
        class Found {
            CacheEntry stored;
            boolean joined;
            boolean withdrawn;
        }
        Found found = new Found();
        Running download = running.compute(key(path, headOnly), (k, present) -> {
            if (present != null && asker.join(present.download())) {
                found.joined = true;
                return present;
            }
            if (present != null && present.download().isWithdrawn()) {
                found.withdrawn = true;
                return present;
            }
            // It may have been put into the cache since the first lookup, before its download left.
            found.stored = cachedFiles.trusted(path).orElse(null);
            return found.stored != null ? null : create(path, headOnly, asker);
        });
        if (found.stored != null) {
            return Optional.of(new Joined(Optional.empty(), false, false, Optional.of(found.stored)));
        }
        if (found.withdrawn) {
            return Optional.of(new Joined(Optional.of(download), false, true, Optional.empty()));
        }
        if (asker instanceof Asker.ForClient asking) {
            clientWaits(download, asking.client());
        }
        if (!found.joined) {
            download.failover().start();
            if (closed) {
                // It may have come too late for close() to see it.
                download.failover().cancel(stopping(path));
            }
        }
        return Optional.of(new Joined(Optional.of(download), !found.joined, false, Optional.empty()));
    }

    private static String key(RepositoryPath path, boolean headOnly) {
        return (headOnly ? "HEAD " : "GET ") + path;
    }

    private Running create(RepositoryPath path, boolean headOnly, Asker asker) {
        Download download = asker.download(path);
        FilePolicy policy = policy(path);
        Failover failover = new Failover(
                        context,
                        download,
                        policy,
                        headOnly,
                        asker.wish(share(path, headOnly)),
                        asker.preferred(),
                        () -> leave(path, headOnly, download))
                .examinedBy(inquests);
        Running created = running(download, policy, failover);
        all.add(created);
        var unused = headOnly ? null : download.over().thenRun(() -> hasEnded(created));
        return created;
    }

    private Running running(Download download, FilePolicy policy, Failover failover) {
        return new Running(
                download,
                policy,
                failover,
                writing(download.path()),
                context.wallClock().instant());
    }

    /** Signatures, missing and unchanged files are left out: there are too many of them. */
    private void hasEnded(Running over) {
        DownloadView view = over.view();
        boolean isNowhere = view.failure()
                .filter(why -> why.reason() == DownloadFailure.Reason.NOT_FOUND)
                .isPresent();
        boolean isUnchanged = view.failure().isEmpty() && view.totalBytes().isEmpty();
        if (view.path().kind() != FileKind.SIGNATURE && !isNowhere && !isUnchanged) {
            ended.add(view.endedAt(context.wallClock().instant()));
        }
    }

    private static Admission.Share share(RepositoryPath path, boolean headOnly) {
        return headOnly || path.kind() == FileKind.SIGNATURE ? Admission.Share.SMALL_FILES : Admission.Share.FILES;
    }

    private OpenFiles.Use writing(RepositoryPath path) {
        OpenFiles.Use use = openFiles.begin(path);
        use.settle();
        return use;
    }

    private void leave(RepositoryPath path, boolean headOnly, Download download) {
        packageSignatures.settled(path);
        running.computeIfPresent(key(path, headOnly), (k, present) -> present.download() == download ? null : present);
        all.removeIf(one -> {
            boolean leaves = one.download() == download;
            if (leaves) {
                one.use().end();
            }
            return leaves;
        });
        if (download.demand().isWanted()) {
            whenClientsChange.run();
        }
    }

    /** A download of a rest for a single reader, which ends it by closing the content. */
    private Content goOn(RepositoryPath path, Client client, ContentHead head, Remainder known, long position) {
        // Bytes far before the reader's position are not fetched just for verification.
        Remainder rest =
                position - known.fromByte() < Download.FAR_BYTES ? known : new Remainder(position, Optional.empty());
        Pipe pipe = new Pipe(position);
        Download download = new Download(path, pipe);
        Optional<String> sha256 =
                rest.before().flatMap(digest -> expectedFiles.known(path)).flatMap(ExpectedFile::sha256);
        FilePolicy policy = new ContinuationPolicy(sha256);
        Failover failover = new Failover(
                        context,
                        download,
                        policy,
                        false,
                        Admission.Wish.inTurn(share(path, false), client),
                        Optional.empty(),
                        () -> leave(path, false, download))
                .continuing(head, rest, pipe);
        all.add(running(download, policy, failover));
        failover.start();
        if (closed) {
            failover.cancel(stopping(path));
        }
        return download;
    }

    private FilePolicy policy(RepositoryPath path) {
        Optional<CacheEntry> known = Confirmations.neverChanges(path) ? Optional.empty() : cachedFiles.present(path);
        return switch (path.kind()) {
            case PACKAGE ->
                new PackagePolicy(
                        path,
                        confirmations,
                        known,
                        expectedFiles,
                        signing(),
                        packageSignatures,
                        verified,
                        context.timer(),
                        bytes -> whenCached.accept(path, bytes));
            case SIGNATURE -> new SignaturePolicy(path, confirmations, known, packageSignatures, context.reading());
            default -> new PlainPolicy(path, confirmations, known, bytes -> whenCached.accept(path, bytes));
        };
    }

    private PackagePolicy.Signing signing() {
        return new PackagePolicy.Signing() {
            @Override
            public CompletionStage<Void> fetch(RepositoryPath signature, Mirror preferred) {
                return signatures == SignatureFetching.WITH_PACKAGE
                        ? Downloads.this.fetch(signature, preferred)
                        : CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletionStage<Void> prove(RepositoryPath signature, Mirror preferred) {
                return context.cache().find(signature).isPresent()
                        ? fetch(signature, preferred)
                        : CompletableFuture.completedFuture(null);
            }
        };
    }

    private static CompletionStage<Opened> opened(Running running, Opened.Origin origin) {
        CompletionStage<Opened> opened = running.download().started().thenApply(content -> new Opened(content, origin));
        return running.policy() instanceof SignaturePolicy signature
                ? opened.exceptionallyCompose(failure -> signature
                        .rejected()
                        .map(content -> CompletableFuture.completedStage(new Opened(content, origin)))
                        .orElseGet(() -> CompletableFuture.failedStage(failure)))
                : opened;
    }

    private static DownloadFailure stopping(RepositoryPath path) {
        return new DownloadFailure(DownloadFailure.Reason.ABANDONED, path + ": the application is being stopped");
    }

    /** Ends all downloads; their part files stay for later. */
    @Override
    public void close() {
        closed = true;
        all.forEach(
                present -> present.failover().cancel(stopping(present.download().path())));
    }
}
