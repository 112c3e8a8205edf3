package flexo.download;

import static flexo.download.Responses.modified;
import static flexo.download.Responses.rest;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.ByDirectory;
import flexo.cache.DatabaseList;
import flexo.cache.Generations;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import flexo.cache.SpareMemory;
import flexo.cache.VerifiedFiles;
import flexo.cache.WrongFiles;
import flexo.database.DatabaseSettings;
import flexo.database.Databases;
import flexo.database.RepositoryFiles;
import flexo.log.RepeatedLines;
import flexo.mirror.Archive;
import flexo.mirror.MirrorFailure;
import flexo.mirror.SlownessPolicy;
import flexo.repository.DatabaseLimits;
import flexo.repository.DatabaseReading;
import flexo.repository.KnownPackages;
import flexo.repository.PackageFile;
import flexo.repository.RepositoryDatabase;
import flexo.testing.DetachedSignature;
import flexo.testing.FileContent;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.SteppedTimer;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Everything a download works with, in the hands of a test: mirrors, time and threads do only what the test says; the
 * package cache is a real one.
 */
public final class DownloadBench {
    public static final RepositoryPath PACKAGE = TestPaths.path("core/os/x86_64/bash-5.2-1-x86_64.pkg.tar.zst");
    public static final RepositoryPath DATABASE = TestPaths.path("core/os/x86_64/core.db");
    public static final RepositoryPath DATABASE_SIGNATURE = TestPaths.path("core/os/x86_64/core.db.sig");
    public static final Instant MODIFIED = Instant.parse("2026-03-01T10:00:00Z");
    public static final Instant TODAY = Instant.parse("2026-05-01T12:00:00Z");
    /** Thousands of downloads fail on benches, as they should; not into the output of the build. */
    private static final List<Logger> HUSHED = Stream.of(Download.class, Databases.class)
            .map(type -> Logger.getLogger(type.getPackageName()))
            .toList();

    static {
        HUSHED.forEach(logger -> logger.setUseParentHandlers(false));
    }

    /** The low speed time of every bench. */
    public static final Duration LOW_SPEED_TIME = Duration.ofSeconds(5);

    public static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);
    public static final Duration MAX_STALE = Duration.ofDays(30);
    public static final Client CLIENT = new Client("192.0.2.1", "192.0.2.1 port 40000");
    public static final Client OTHER_CLIENT = new Client("192.0.2.2", "192.0.2.2 port 40000");

    public final Path root;
    public final ManualTimer timer = new ManualTimer();
    public final TaskQueue storage = new TaskQueue();
    public final TaskQueue reading = new TaskQueue();
    public final TaskQueue connecting = new TaskQueue();
    public final ScriptedMirrors client = new ScriptedMirrors();
    public final RecordedMirrors mirrors;
    public final SpareMemory memory = new SpareMemory(1 << 20);
    public final TestRoom room = new TestRoom();
    public final RunningTransfers running = new RunningTransfers();
    public final Admission admission;
    public final PackageCache cache;
    public final DownloadContext context;
    public final KnownPackages packages = new KnownPackages(KnownPackages.Limits.ofHeap(1 << 30), Archive::isOfDay);
    public final VerifiedFiles verified = new VerifiedFiles();
    public final WrongFiles wrong;
    public final OpenFiles openFiles = new OpenFiles();
    /** The sizes of the files that were put into the cache. */
    public final Map<RepositoryPath, Long> cached = new HashMap<>();
    /** The files that clients were given, in order. */
    public final List<RepositoryPath> used = new ArrayList<>();

    public final Databases databases;
    public final Downloads downloads;
    public final FileSource files;
    /** What other mirrors have been giving, in bytes per second. */
    private List<Double> peerRates = List.of();
    /** How many mirrors one large package may come from at once. */
    public int mirrorsPerFile = 4;
    /** Happens at the next look into the cache, which finds nothing then; null normally. */
    private Runnable atNextLook;
    /** Happens when the time is asked for next; null normally. */
    private Runnable atNextClock;
    /** Happens when the time of day is asked for next; null normally. */
    private Runnable atNextTimeOfDay;

    private Duration clockIsOff = Duration.ZERO;

    private final long beganNanos = timer.nanoTime();

    /** A bench where only standstill is too slow. */
    public DownloadBench(Path root, int mirrorCount) {
        this(root, mirrorCount, 1);
    }

    public DownloadBench(Path root, int mirrorCount, long leastBytesPerSecond) {
        this(root, mirrorCount, leastBytesPerSecond, CHECK_INTERVAL, Downloads.SignatureFetching.ON_DEMAND);
    }

    /** A bench where each request for a database asks a mirror. */
    public static DownloadBench withoutCheckInterval(Path root, int mirrorCount) {
        return new DownloadBench(root, mirrorCount, 1, Duration.ZERO, Downloads.SignatureFetching.ON_DEMAND);
    }

    /** A bench where packages come with their signatures. */
    public static DownloadBench withSignatures(Path root, int mirrorCount) {
        return new DownloadBench(root, mirrorCount, 1, CHECK_INTERVAL, Downloads.SignatureFetching.WITH_PACKAGE);
    }

    /** A bench where few downloads may be on their way at once. */
    public static DownloadBench withPlaces(Path root, Admission.Limits places) {
        return withPlaces(root, 1, places);
    }

    public static DownloadBench withPlaces(Path root, int mirrorCount, Admission.Limits places) {
        return new DownloadBench(root, mirrorCount, 1, CHECK_INTERVAL, Downloads.SignatureFetching.ON_DEMAND, places);
    }

    private DownloadBench(
            Path root,
            int mirrorCount,
            long leastBytesPerSecond,
            Duration checkInterval,
            Downloads.SignatureFetching signatures) {
        this(root, mirrorCount, leastBytesPerSecond, checkInterval, signatures, Admission.Limits.ofHeap(1L << 30));
    }

    private DownloadBench(
            Path root,
            int mirrorCount,
            long leastBytesPerSecond,
            Duration checkInterval,
            Downloads.SignatureFetching signatures,
            Admission.Limits placeLimits) {
        this.root = root;
        mirrors = new RecordedMirrors(mirrorCount);
        admission = new Admission(placeLimits, timer);
        cache = new PackageCache(watched(root), memory);
        context = new DownloadContext(
                cache,
                new CacheDisk(root, false, room, timer),
                mirrors,
                client,
                Deadlines.standard(),
                () -> new LowSpeedLimit(leastBytesPerSecond, LOW_SPEED_TIME),
                SlownessPolicy.USUAL,
                () -> mirrorsPerFile,
                (path, mirror) -> peerRates,
                running,
                admission,
                new RepeatedLines(new SteppedTimer(), storage),
                timer,
                storage,
                reading,
                storage,
                new DatabaseReading(DatabaseLimits.usual(), 1),
                connecting,
                this::nanoTime,
                this::now);
        databases = new Databases(
                context,
                new Generations(root),
                packages,
                DatabaseList.read(root),
                this::now,
                () -> new DatabaseSettings(ByDirectory.all(checkInterval), Duration.ZERO, MAX_STALE),
                openFiles);
        wrong = new WrongFiles(cache, openFiles, verified, timer, storage);
        downloads = new Downloads(
                context,
                databases,
                verified,
                wrong,
                signatures,
                new Revalidation(any -> checkInterval, () -> MAX_STALE),
                openFiles,
                cached::put);
        files = new RepositoryFiles(databases, downloads, used::add);
    }

    public void othersGive(double bytesPerSecond) {
        peerRates = List.of(bytesPerSecond);
    }

    // What happens between two steps that nothing else can get between.

    /** Lets something happen right after the next look into the cache, which finds nothing. */
    public void afterNextLook(Runnable happens) {
        atNextLook = happens;
    }

    /** Lets something happen when a download is asked for next, after all was found out that is before it is created. */
    public void whileNextDownloadIsCreated(Runnable happens) {
        atNextClock = happens;
    }

    /** Lets something happen when the time of day is asked for next. */
    public void atNextTimeOfDay(Runnable happens) {
        atNextTimeOfDay = happens;
    }

    /** Sets the clock, by which nothing passes. */
    public void setClock(Duration ahead) {
        clockIsOff = ahead;
    }

    /** It is noon when the bench is made. */
    public Instant now() {
        if (atNextTimeOfDay != null) {
            Runnable now = atNextTimeOfDay;
            atNextTimeOfDay = null;
            now.run();
        }
        return TODAY.plus(clockIsOff).plusNanos(timer.nanoTime() - beganNanos);
    }

    private long nanoTime() {
        if (atNextClock != null) {
            Runnable now = atNextClock;
            atNextClock = null;
            now.run();
        }
        return timer.nanoTime();
    }

    /** The cache's root, of which a look can be led astray. */
    private Path watched(Path real) {
        return (Path) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Path.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("resolve") && atNextLook != null) {
                        Runnable now = atNextLook;
                        atNextLook = null;
                        now.run();
                        return real.resolve("nowhere");
                    }
                    return method.invoke(real, arguments);
                });
    }

    // Bodies.

    /** A real database, by name alone: other names are other databases, of about the same size. */
    public static byte[] database(String build) {
        RepositoryDatabaseFile file = new RepositoryDatabaseFile();
        for (int i = 0; i < 12; i++) {
            String version = build + "." + i + "-1";
            file.add("package" + i, version, version.getBytes(UTF_8), MODIFIED);
        }
        return file.bytes();
    }

    /** A signature that may belong to a file, of a length that tells it from others. */
    public static byte[] signature(byte[] file, int lengthBytes) {
        return Arrays.copyOf(DetachedSignature.of(FileContent.of(file)).bytes(), lengthBytes);
    }

    /** Bytes that tell their position. */
    public static byte[] body(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8) * 7 + 1);
        }
        return bytes;
    }

    public static byte[] slice(byte[] body, int from, int to) {
        return Arrays.copyOfRange(body, from, to);
    }

    /** The database of the repository lists the package with this size and SHA-256. */
    public void list(long sizeBytes, String sha256) {
        PackageFile file = new PackageFile(PACKAGE.fileName(), sizeBytes, sha256, "bash", "5.2-1");
        packages.put(DATABASE, RepositoryDatabase.of(List.of(file), Optional.empty()));
    }

    // Clients.

    /** A request that has gone as far as it does by itself. */
    public TestClient get(RepositoryPath path) {
        return get(path, CLIENT);
    }

    public TestClient get(RepositoryPath path, Client client) {
        TestClient asking = getUnsettled(path, client);
        settle();
        return asking;
    }

    /** A request whose download has not begun to work. */
    public TestClient getUnsettled(RepositoryPath path) {
        return getUnsettled(path, CLIENT);
    }

    public TestClient getUnsettled(RepositoryPath path, Client client) {
        try {
            return new TestClient(files.open(path, client));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public TestClient head(RepositoryPath path) {
        try {
            TestClient asking = new TestClient(files.openHead(path, CLIENT));
            settle();
            return asking;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has a database that a mirror has just delivered, without a signature. */
    public DownloadBench haveDatabase(byte[] database) {
        TestClient client = get(DATABASE);
        lastAskedDeliversUnsigned(database);
        assertGets(client, database);
        return this;
    }

    /** A request for the database that is the next to ask a mirror. */
    public TestClient getDatabaseLater() {
        pass(CHECK_INTERVAL);
        return get(DATABASE);
    }

    /** Leaves in a directory what a run does that was given a database and its signature. */
    public static void earlierRunFetches(Path root, byte[] database, byte[] signature) {
        DownloadBench earlier = new DownloadBench(root, 1);
        TestClient client = earlier.get(DATABASE);
        earlier.lastAskedDelivers(database);
        earlier.lastAskedDelivers(signature);
        assertGets(client, database);
        earlier.assertNothingIsLeft();
    }

    // Threads and time.

    /** Runs everything that is queued, and what that queues. */
    public void settle() {
        boolean busy = true;
        while (busy) {
            busy = storage.runOne() || reading.runOne() || connecting.runOne();
        }
    }

    public void pass(Duration duration) {
        timer.pass(duration, this::settle);
    }

    // Mirrors.

    /** The n-th request to a mirror, counted from 1. */
    public ScriptedMirrors.Asked asked(int nth) {
        assertThat(client.asked()).as("requests to mirrors").hasSizeGreaterThanOrEqualTo(nth);
        return client.asked().get(nth - 1);
    }

    public int askedCount() {
        return client.asked().size();
    }

    /** The mirror asked last delivers the rest of the body from where it was asked to, and ends. */
    public void lastAskedDelivers(byte[] body) {
        ScriptedMirrors.Asked asked = client.last();
        int from = (int) asked.fromByte();
        assertThat(asked.responds(from == 0 ? whole(body.length) : rest(from, body.length)))
                .isTrue();
        asked.sends(slice(body, from, body.length));
        asked.ends();
        settle();
    }

    /** The mirror asked last delivers a file that the disk refuses, and what its reader asks for alone. */
    public void lastAskedDeliversUnkept(TestClient reader, byte[] body) {
        lastAskedDelivers(body);
        reader.reads();
        settle();
        lastAskedDelivers(body);
    }

    /** The mirror asked last delivers the whole file with this head. */
    public void lastAskedDelivers(MirrorResponse head, byte[] body) {
        ScriptedMirrors.Asked asked = client.last();
        assertThat(asked.responds(head)).isTrue();
        asked.sends(body);
        asked.ends();
        settle();
    }

    /** The mirror asked last says that nothing has changed. */
    public void lastAskedHasNothingNew() {
        assertThat(client.last().responds(modified(status(304), Optional.empty())))
                .isFalse();
        settle();
    }

    /** The mirror asked last cannot be reached. */
    public void lastAskedFails() {
        client.last().fails(MirrorFailure.UNREACHABLE);
        settle();
    }

    /** What the n-th request asks for: the mirror's host, a space, and the file's name. */
    public String request(int nth) {
        URI uri = asked(nth).request().uri();
        return uri.getHost() + " " + uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
    }

    /** The requests so far, as {@link #request}. */
    public List<String> requests() {
        return IntStream.rangeClosed(1, askedCount()).mapToObj(this::request).toList();
    }

    /** The mirror asked last has no such file. */
    public void lastAskedHasNone() {
        assertThat(client.last().responds(status(404))).isFalse();
        settle();
    }

    /** A database without a signature, from the mirror asked last. */
    public void lastAskedDeliversUnsigned(byte[] database) {
        lastAskedDelivers(database);
        assertThat(client.last().request().uri().getPath()).endsWith(".sig");
        lastAskedHasNone();
    }

    /** The mirror asked last delivers the head and the body up to a byte. */
    public void lastAskedSends(byte[] body, int upTo) {
        ScriptedMirrors.Asked asked = client.last();
        int from = (int) asked.fromByte();
        assertThat(asked.responds(from == 0 ? whole(body.length) : rest(from, body.length)))
                .isTrue();
        asked.sends(slice(body, from, upTo));
        settle();
    }

    // What is on disk.

    public Path target(RepositoryPath path) {
        return root.resolve(path.toString());
    }

    public Path part(RepositoryPath path) {
        return target(path).resolveSibling("." + path.fileName() + ".part");
    }

    public Path promise(RepositoryPath path) {
        return target(path).resolveSibling("." + path.fileName() + ".head");
    }

    /** Leaves a part file as an earlier download does. */
    public void leave(RepositoryPath path, byte[] bytes, long promisedBytes, String lastModified) {
        try {
            Files.createDirectories(part(path).getParent());
            Files.write(part(path), bytes);
            Files.writeString(promise(path), promisedBytes + "\n" + lastModified + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of all files in the cache, hidden ones too. */
    public List<String> fileNames() {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files below the cache directory that this process has open, by name; always empty where Linux is not. */
    public List<String> openFiles() {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(descriptors)) {
            return all.map(DownloadBench::linkTarget)
                    .filter(name -> name.startsWith(root.toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String linkTarget(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // The descriptor of the listing itself is gone by now.
            return "";
        }
    }

    /** Nothing runs, waits, is leased or open any more, once the databases that are known are let go. */
    public void assertNothingIsLeft() {
        assertThat(downloads.count()).as("running downloads").isZero();
        assertThat(storage.pending() + reading.pending() + connecting.pending())
                .as("queued steps")
                .isZero();
        assertThat(timer.pending()).as("armed deadlines").isZero();
        assertThat(running.count()).as("transfers that share the line").isZero();
        assertThat(admission.taken() + admission.waiting())
                .as("places that are taken or waited for")
                .isZero();
        databases.close();
        settle();
        assertThat(memory.takenBytes()).as("memory that is taken").isZero();
        assertThat(openFiles()).as("open files").isEmpty();
        for (RecordedMirrors.Lease lease : mirrors.leases()) {
            assertThat(lease.reports())
                    .as("reports about " + lease.mirror())
                    .containsOnlyOnce("closed")
                    .endsWith("closed");
        }
    }
}
