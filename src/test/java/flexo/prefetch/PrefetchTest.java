package flexo.prefetch;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.Generations;
import flexo.cache.PackageCache;
import flexo.download.AheadSource.End;
import flexo.repository.DatabaseLimits;
import flexo.repository.DatabaseReader;
import flexo.repository.DatabaseReading;
import flexo.repository.KnownPackages;
import flexo.retention.LastUses;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.SteppedTimer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real databases and a real cache directory; mirrors, time and tasks do only what the test says. */
class PrefetchTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final RepositoryPath CORE = path("core/os/x86_64/core.db");

    @TempDir
    private Path root;

    private final SteppedTimer timer = new SteppedTimer();
    private final ScriptedAhead source = new ScriptedAhead();
    private final KnownPackages packages = new KnownPackages(KnownPackages.Limits.ofHeap(1 << 30), path -> false);
    private final List<RepositoryPath> databases = new ArrayList<>();
    /** What was looked for beside those, by each refresh. */
    private final List<Collection<RepositoryPath>> refreshes = new ArrayList<>();
    /** Not over until the test says, while this is not null. */
    private CompletableFuture<Void> slowRefresh;

    private Duration clockIsOff = Duration.ZERO;
    private Schedule schedule = Schedule.never();
    private QuietHours quietHours = QuietHours.always(ZoneOffset.UTC);
    private OptionalLong sizeLimit = OptionalLong.empty();
    private LastUses uses;
    private PrefetchQueue queue;
    private Prefetch prefetch;

    @BeforeEach
    void make() {
        uses = new LastUses(root, this::now, timer::nanoTime);
        makeQueue();
        prefetch = prefetch();
    }

    private void makeQueue() {
        queue = new PrefetchQueue(
                this::settings, source, (file, bytes) -> true, uses::inherit, timer, timer, timer::nanoTime, this::now);
    }

    private Prefetch prefetch() {
        CurrentDatabases current = new CurrentDatabases() {
            @Override
            public CompletionStage<Void> refreshed(Collection<RepositoryPath> others) {
                refreshes.add(others);
                return slowRefresh == null ? CompletableFuture.completedFuture(null) : slowRefresh;
            }

            @Override
            public List<RepositoryPath> all() {
                return databases;
            }
        };
        return new Prefetch(
                this::settings,
                current,
                new Updates(root, packages, uses, directory -> Duration.ofDays(30), this::settings),
                new NamedPackages(
                        new Generations(root),
                        new DatabaseReading(DatabaseLimits.usual(), 1),
                        new PackageCache(root),
                        this::settings),
                queue,
                new HandedIn(root),
                timer,
                timer,
                this::now);
    }

    private PrefetchSettings settings() {
        return new PrefetchSettings(schedule, Duration.ofDays(30), quietHours, false, sizeLimit);
    }

    private Instant now() {
        return NOON.plusNanos(timer.nanoTime()).plus(clockIsOff);
    }

    /** Publishes a database of these packages, each in a version, as {@code bash-5.2-1}. */
    private void publish(RepositoryPath database, String... versions) throws Exception {
        RepositoryDatabaseFile file = new RepositoryDatabaseFile();
        for (String version : versions) {
            int pkgver = version.lastIndexOf('-', version.lastIndexOf('-') - 1);
            file.add(
                    version.substring(0, pkgver),
                    version.substring(pkgver + 1),
                    version.getBytes(StandardCharsets.UTF_8),
                    NOON);
        }
        Path place = root.resolve(database.toString());
        Files.createDirectories(place.getParent());
        Files.write(place, file.bytes());
        packages.put(database, DatabaseReader.read(place, DatabaseLimits.usual()));
        if (!databases.contains(database)) {
            databases.add(database);
        }
    }

    private RepositoryPath cache(String version) throws IOException {
        RepositoryPath path = path("core/os/x86_64/" + file(version));
        Files.createDirectories(root.resolve(path.toString()).getParent());
        Files.writeString(root.resolve(path.toString()), version);
        return path;
    }

    private void used(RepositoryPath path) {
        uses.inherit(path, now());
    }

    private static String file(String version) {
        return version + "-x86_64.pkg.tar.zst";
    }

    private <T> T answer(CompletionStage<T> stage) {
        timer.runAll();
        assertThat(stage).isCompleted();
        return stage.toCompletableFuture().join();
    }

    private void ends(String version) throws IOException {
        cache(version);
        source.ends(file(version), End.FETCHED, 100);
        timer.runAll();
    }

    @Test
    void newerVersionsOfWhatClientsUseAreFetchedAfterDatabasesWereRefreshed() throws Exception {
        publish(CORE, "bash-5.2-2", "zlib-1-1", "unused-2-1", "other-1-1");
        used(cache("bash-5.2-1"));
        used(cache("zlib-1-1"));
        cache("unused-1-1");
        slowRefresh = new CompletableFuture<>();

        CompletionStage<PrefetchAnswer> asked = prefetch.updates();
        timer.runAll();
        assertThat(asked).isNotCompleted();
        slowRefresh.complete(null);

        assertThat(answer(asked).fetching()).containsExactly("core/os/x86_64/" + file("bash-5.2-2"));
        assertThat(source.only()).isEqualTo(file("bash-5.2-2"));
    }

    @Test
    void packageIsFetchedInVersionAfterVersionUntilItsUseIsOld() throws Exception {
        used(cache("bash-1-1"));
        int fetched = 0;
        for (int day = 1; day <= 60; day++) {
            timer.advance(Duration.ofDays(1));
            String version = "bash-" + (day + 1) + "-1";
            publish(CORE, version);
            // Retention keeps one version.
            if (!answer(prefetch.updates()).fetching().isEmpty()) {
                ends(version);
                Files.delete(root.resolve("core/os/x86_64/" + file("bash-" + day + "-1")));
                fetched++;
            }
        }

        assertThat(fetched).isEqualTo(30);
    }

    @Test
    void runsFollowTheSchedule() throws Exception {
        schedule = Schedule.every(Duration.ofHours(6));
        prefetch.followSchedule();
        timer.advance(Schedule.AFTER_START.minusSeconds(1));
        assertThat(refreshes).isEmpty();
        timer.advance(Duration.ofSeconds(1));
        assertThat(refreshes).hasSize(1);

        timer.advance(Duration.ofHours(24));

        assertThat(refreshes).hasSize(5);
        prefetch.close();
        assertThat(timer.delays()).isEmpty();
        timer.advance(Duration.ofDays(7));
        assertThat(refreshes).hasSize(5);
    }

    @Test
    void cronIsFollowedByTheMinute() {
        schedule = Schedule.cron("30 3 * * *", ZoneOffset.UTC).orElseThrow();
        prefetch.followSchedule();

        timer.advance(Duration.ofHours(15).plusMinutes(30).minusSeconds(1));
        assertThat(refreshes).isEmpty();
        timer.advance(Duration.ofSeconds(1));
        assertThat(refreshes).hasSize(1);
        timer.advance(Duration.ofDays(3));
        assertThat(refreshes).hasSize(4);
    }

    @Test
    void anotherScheduleTakesThePlaceOfTheFormer() {
        schedule = Schedule.every(Duration.ofHours(6));
        prefetch.followSchedule();
        timer.advance(Duration.ofHours(1));
        assertThat(refreshes).hasSize(1);

        schedule = Schedule.cron("0 3 * * *", ZoneOffset.UTC).orElseThrow();
        prefetch.followSchedule();
        timer.advance(Duration.ofHours(24));
        assertThat(refreshes).hasSize(2);

        schedule = Schedule.never();
        prefetch.followSchedule();
        assertThat(timer.delays()).isEmpty();
        timer.advance(Duration.ofDays(9));
        assertThat(refreshes).hasSize(2);
    }

    @Test
    void withoutAScheduleNothingIsWaitedFor() {
        prefetch.followSchedule();

        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void clockThatJumpsAheadBringsOneRunAndOneThatIsSetBackPutsNoneOff() {
        schedule = Schedule.cron("0 3 * * *", ZoneOffset.UTC).orElseThrow();
        prefetch.followSchedule();

        clockIsOff = Duration.ofDays(100);
        timer.advance(Duration.ofHours(1));
        assertThat(refreshes).hasSize(1);

        clockIsOff = Duration.ofDays(-100);
        timer.advance(Duration.ofDays(1));
        assertThat(refreshes).hasSize(2);
    }

    @Test
    void runThatIsDueOutsideOfTheQuietHoursBeginsWithThem() {
        schedule = Schedule.every(Duration.ofHours(2));
        quietHours = new QuietHours(LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneOffset.UTC);
        prefetch.followSchedule();
        timer.advance(Duration.ofHours(10).minusSeconds(1));
        assertThat(refreshes).isEmpty();

        timer.advance(Duration.ofSeconds(1));

        assertThat(refreshes).hasSize(1);
    }

    @Test
    void oneThingIsFoundOutAtATime() throws Exception {
        publish(CORE, "bash-5.2-2");
        slowRefresh = new CompletableFuture<>();
        CompletionStage<PrefetchAnswer> first = prefetch.updates();
        CompletionStage<PrefetchAnswer> second = prefetch.ahead(List.of("bash"), false);
        timer.runAll();
        assertThat(refreshes).hasSize(1);

        slowRefresh.complete(null);

        assertThat(answer(second).fetching()).hasSize(1);
        assertThat(answer(first).fetching()).isEmpty();
        assertThat(refreshes).hasSize(2);
    }

    @Test
    void whoAsksForEverIsRefused() {
        slowRefresh = new CompletableFuture<>();
        for (int i = 0; i < Prefetch.MOST_ASKING; i++) {
            assertThat(prefetch.updates()).isNotCompleted();
        }

        assertThat(prefetch.updates()).isCompletedExceptionally();
        slowRefresh.complete(null);
        timer.runAll();
        assertThat(answer(prefetch.updates()).fetching()).isEmpty();
    }

    @Test
    void listIsAnsweredWithWhatWillBeFetchedWhatIsThereAndWhatIsUnknown() throws Exception {
        publish(CORE, "bash-5.2-2", "zlib-1-1");
        cache("zlib-1-1");

        PrefetchAnswer answer = answer(prefetch.ahead(List.of("zlib", "nonsense", "bash"), false));

        assertThat(answer)
                .isEqualTo(new PrefetchAnswer(
                        List.of("core/os/x86_64/" + file("bash-5.2-2")),
                        List.of("core/os/x86_64/" + file("zlib-1-1")),
                        List.of(),
                        List.of("nonsense")));
        assertThat(source.only()).isEqualTo(file("bash-5.2-2"));
    }

    @Test
    void whatIsTooLargeIsLeftOut() throws Exception {
        sizeLimit = OptionalLong.of("bash-5.2-2".length() - 1);
        publish(CORE, "bash-5.2-2", "zlib-1-1");
        used(cache("bash-5.2-1"));

        assertThat(answer(prefetch.updates()).fetching()).isEmpty();
        PrefetchAnswer answer = answer(prefetch.ahead(List.of("bash", "zlib"), false));

        assertThat(answer.tooLarge()).containsExactly("core/os/x86_64/" + file("bash-5.2-2"));
        assertThat(answer.fetching()).containsExactly("core/os/x86_64/" + file("zlib-1-1"));
    }

    @Test
    void databaseThatCannotBeReadCostsOnlyItsOwnNames() throws Exception {
        publish(CORE, "bash-5.2-2");
        databases.add(path("extra/os/x86_64/extra.db"));

        assertThat(answer(prefetch.ahead(List.of("bash", "zsh"), false)).unknown())
                .containsExactly("zsh");
    }

    @Test
    void whereNoRepositoryIsKnownArchsOwnAreLookedFor() throws Exception {
        answer(prefetch.ahead(List.of("bash"), false));
        publish(CORE, "bash-5.2-2");
        answer(prefetch.ahead(List.of("bash"), false));

        assertThat(refreshes.get(0))
                .map(RepositoryPath::toString)
                .containsExactly(
                        "core/os/x86_64/core.db", "extra/os/x86_64/extra.db", "multilib/os/x86_64/multilib.db");
        assertThat(refreshes.get(1)).isEmpty();
    }

    @Test
    void afterTheEndNobodyIsAnswered() {
        prefetch.close();

        assertThat(prefetch.updates()).isCompletedExceptionally();
        assertThat(prefetch.counts()).isEqualTo(PrefetchCounts.NONE);
    }

    // Names that outlive a restart.

    private Path list() {
        return root.resolve("prefetch");
    }

    /** Ends everything, and begins again with what is on disk. */
    private void restart() {
        prefetch.close();
        if (!source.isIdle()) {
            source.ends(source.only(), End.INTERRUPTED, 0);
        }
        timer.runAll();
        makeQueue();
        prefetch = prefetch();
        prefetch.start();
        timer.runAll();
    }

    @Test
    void namesThatWereHandedInAreGoneOnWithAfterARestart() throws Exception {
        publish(CORE, "bash-5.2-2", "zlib-1-1", "xz-1-1");
        answer(prefetch.ahead(List.of("bash", "zlib", "xz"), false));
        ends("bash-5.2-2");
        assertThat(source.only()).isEqualTo(file("zlib-1-1"));

        restart();

        assertThat(source.only()).isEqualTo(file("xz-1-1"));
        ends("xz-1-1");
        assertThat(source.only()).isEqualTo(file("zlib-1-1"));
        ends("zlib-1-1");
        assertThat(source.isIdle()).isTrue();
    }

    @Test
    void afterARestartTheVersionsThatAreCurrentThenAreFetched() throws Exception {
        publish(CORE, "bash-5.2-2");
        answer(prefetch.ahead(List.of("bash"), false));
        publish(CORE, "bash-5.3-1");

        restart();

        assertThat(source.only()).isEqualTo(file("bash-5.3-1"));
    }

    @Test
    void listIsGoneAsSoonAsAllIsThereOrNoMirrorHasIt() throws Exception {
        publish(CORE, "bash-5.2-2", "zlib-1-1");
        answer(prefetch.ahead(List.of("bash", "zlib"), false));
        assertThat(list()).content().endsWith("bash\nzlib\n");
        ends("bash-5.2-2");
        assertThat(list()).exists();
        source.ends(file("zlib-1-1"), End.MISSING, 0);
        timer.runAll();

        assertThat(list()).doesNotExist();
        restart();
        assertThat(source.isIdle()).isTrue();
    }

    private void fails(String version) {
        source.ends(file(version), End.FAILED, 0);
        timer.runAll();
    }

    @Test
    void shortOutageDoesNotLoseTheList() throws Exception {
        publish(CORE, "bash-5.2-2", "zlib-1-1");
        answer(prefetch.ahead(List.of("bash", "zlib"), false));
        fails("bash-5.2-2");
        fails("zlib-1-1");
        assertThat(list()).content().endsWith("bash\nzlib\n");
        timer.advance(Prefetch.AT_MOST.minusSeconds(1));
        assertThat(source.isIdle()).isTrue();
        publish(CORE, "bash-5.3-1", "zlib-1-1");

        timer.advance(Duration.ofSeconds(1));

        ends("bash-5.3-1");
        ends("zlib-1-1");
        assertThat(list()).doesNotExist();
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void whatFailedIsGoneOnWithAfterARestart() throws Exception {
        publish(CORE, "bash-5.2-2");
        answer(prefetch.ahead(List.of("bash"), false));
        fails("bash-5.2-2");

        restart();

        assertThat(source.only()).isEqualTo(file("bash-5.2-2"));
    }

    @Test
    void whatFailsForADayIsGivenUpAndItsPausesBecomeLonger() throws Exception {
        publish(CORE, "bash-5.2-2");
        answer(prefetch.ahead(List.of("bash"), false));
        List<Long> triedAfterMinutes = new ArrayList<>();
        for (int minutes = 0; minutes <= 2 * 24 * 60; minutes += 10) {
            if (!source.isIdle()) {
                triedAfterMinutes.add((long) minutes);
                assertThat(list()).exists();
                fails("bash-5.2-2");
            }
            timer.advance(Prefetch.AT_MOST);
        }

        assertThat(triedAfterMinutes).containsExactly(0L, 10L, 30L, 70L, 150L, 310L, 630L, 1270L);
        assertThat(list()).doesNotExist();
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void namesOfADatabaseThatCannotBeReadStayUntilItCan() throws Exception {
        RepositoryPath extra = path("extra/os/x86_64/extra.db");
        publish(CORE, "bash-5.2-2");
        databases.add(extra);
        Files.writeString(list(), "bash\nzsh\n");
        restart();
        ends("bash-5.2-2");
        assertThat(list()).content().endsWith("\nzsh\n");
        timer.advance(Duration.ofDays(2));
        assertThat(list()).content().endsWith("\nzsh\n");
        publish(extra, "zsh-5-1");

        timer.advance(Prefetch.AT_MOST);

        assertThat(source.only()).isEqualTo(file("zsh-5-1"));
    }

    @Test
    void namesThatAreHandedInWhileADatabaseCannotBeReadAreKeptToo() throws Exception {
        RepositoryPath extra = path("extra/os/x86_64/extra.db");
        databases.add(extra);
        assertThat(answer(prefetch.ahead(List.of("zsh", "nonsense"), false)).unknown())
                .containsExactly("zsh", "nonsense");
        assertThat(list()).content().endsWith("nonsense\nzsh\n");
        publish(extra, "zsh-5-1");

        timer.advance(Prefetch.AT_MOST);

        assertThat(source.only()).isEqualTo(file("zsh-5-1"));
        assertThat(list()).content().doesNotContain("nonsense");
    }

    @Test
    void namesAreLookedUpAgainAfterThatHasFailed() throws Exception {
        publish(CORE, "bash-5.2-2");
        Files.writeString(list(), "bash\n");
        slowRefresh = CompletableFuture.failedFuture(new IllegalStateException("planted"));
        restart();
        assertThat(source.isIdle()).isTrue();
        slowRefresh = null;

        timer.advance(Prefetch.AT_MOST);

        assertThat(source.only()).isEqualTo(file("bash-5.2-2"));
    }

    @Test
    void afterTheEndNoNameIsTriedAgain() throws Exception {
        publish(CORE, "bash-5.2-2");
        answer(prefetch.ahead(List.of("bash"), false));
        fails("bash-5.2-2");

        prefetch.close();

        assertThat(timer.delays()).isEmpty();
        assertThat(list()).exists();
    }

    @Test
    void secondListIsKeptBesideTheFirst() throws Exception {
        publish(CORE, "bash-5.2-2", "zlib-1-1");
        answer(prefetch.ahead(List.of("zlib"), false));
        answer(prefetch.ahead(List.of("bash"), false));

        assertThat(list()).content().endsWith("bash\nzlib\n");
    }

    @Test
    void whatClientsUseNeedsNoListSinceItIsFoundAgain() throws Exception {
        publish(CORE, "bash-5.2-2");
        used(cache("bash-5.2-1"));

        assertThat(answer(prefetch.updates()).fetching()).hasSize(1);

        assertThat(list()).doesNotExist();
    }

    @Test
    void namesWaitUntilThereAreDatabases() throws Exception {
        Files.writeString(list(), "bash\n");
        prefetch.start();
        timer.runAll();
        assertThat(source.isIdle()).isTrue();
        assertThat(list()).exists();
        publish(CORE, "bash-5.2-2", "zlib-1-1");
        answer(prefetch.ahead(List.of("zlib"), false));
        ends("zlib-1-1");
        assertThat(list()).as("another list does not push it out").content().contains("bash");

        timer.advance(Prefetch.AT_MOST);

        assertThat(source.only()).isEqualTo(file("bash-5.2-2"));
        ends("bash-5.2-2");
        assertThat(list()).doesNotExist();
    }

    @Test
    void nameThatNoDatabaseHasAnyMoreIsGivenUp() throws Exception {
        publish(CORE, "bash-5.2-2");
        Files.writeString(list(), "bash\nformer\n");

        restart();
        ends("bash-5.2-2");

        assertThat(list()).doesNotExist();
    }

    @Test
    void listThatCannotBeWrittenIsFetchedAllTheSame() throws Exception {
        publish(CORE, "bash-5.2-2");
        Files.createDirectories(root.resolve("prefetch.next/in-the-way"));

        answer(prefetch.ahead(List.of("bash"), false));

        assertThat(source.only()).isEqualTo(file("bash-5.2-2"));
        ends("bash-5.2-2");
        assertThat(source.isIdle()).isTrue();
    }

    @Test
    void fileThatIsNoListIsLeftAlone() throws Exception {
        Files.write(list(), new byte[] {(byte) 0xff, (byte) 0xfe, 10});

        restart();

        assertThat(list()).exists();
        assertThat(source.isIdle()).isTrue();
    }
}
