package flexo.retention;

import static flexo.retention.CacheBench.CORE;
import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.ByDirectory;
import flexo.cache.OpenFiles;
import flexo.testing.SteppedTimer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time passes, and tasks run, only when the test says. */
class SweepsTest {
    @TempDir
    private Path folder;

    private final SteppedTimer timer = new SteppedTimer();
    /** Counts its tasks. */
    private int tasks;

    private CacheBench bench;
    private Sweeps sweeps;

    @BeforeEach
    void makeBench() {
        bench = new CacheBench(folder.resolve("cache"));
        bench.versionsToKeep = 1;
        sweeps = sweeps();
    }

    private Sweeps sweeps() {
        return new Sweeps(bench.sweep(), bench.uses, bench.approved(), timer, task -> {
            tasks++;
            timer.execute(task);
        });
    }

    @Test
    void startReturnsAtOnceAndEverythingIsSweptSoonAfter() {
        putTwo("bash");

        sweeps.start();
        assertThat(bench.versions("bash")).hasSize(2);
        assertThat(sweeps.last()).isEmpty();
        timer.advance(Sweeps.FIRST);

        assertThat(bench.versions("bash")).containsExactly("2-1");
        assertThat(sweeps.last())
                .hasValueSatisfying(report -> assertThat(report.files()).isEqualTo(2));
        assertThat(sweeps.removed().sum()).isEqualTo(new RemovalCounts.Count(1, 110));
    }

    @Test
    void everythingIsSweptEachDay() {
        sweeps.start();
        timer.advance(Sweeps.FIRST);
        putTwo("bash");
        timer.advance(Sweeps.EVERY.minusSeconds(1));
        assertThat(bench.versions("bash")).hasSize(2);
        timer.advance(Duration.ofSeconds(2));
        assertThat(bench.versions("bash")).hasSize(1);
        putTwo("zlib");
        timer.advance(Sweeps.EVERY);
        assertThat(bench.versions("zlib")).hasSize(1);
    }

    @Test
    void whatIsToGoAfterHoursDoesNotStayForADay() {
        sweeps.start();
        bench.uses.used(bench.put("bash-1-1"));
        bench.purgeUnusedAfter = Optional.of(Duration.ofHours(3));
        bench.ofRepositories =
                Map.of("extra", new RetentionRules(1, Optional.of(Duration.ofHours(5)), OptionalLong.empty()));
        sweeps.use(bench.settings());
        timer.runAll();
        for (int hour = 1; hour <= 3; hour++) {
            bench.time.advance(Duration.ofHours(1));
            timer.advance(Duration.ofHours(1));
        }
        assertThat(bench.versions("bash")).hasSize(1);

        bench.time.advance(Duration.ofHours(3));
        timer.advance(Duration.ofHours(3));

        assertThat(bench.versions("bash")).isEmpty();
    }

    @Test
    void changedSettingsCountAtOnceAndForAllThatFollows() {
        sweeps.start();
        timer.advance(Sweeps.FIRST);
        bench.versionsToKeep = 2;
        sweeps.use(bench.settings());
        timer.runAll();
        putTwo("bash");

        cached("bash-2-1");
        timer.runAll();
        assertThat(bench.versions("bash")).hasSize(2);

        bench.versionsToKeep = 1;
        sweeps.use(bench.settings());
        assertThat(bench.versions("bash")).hasSize(2);
        timer.runAll();
        assertThat(bench.versions("bash")).containsExactly("2-1");
    }

    @Test
    void everythingIsSweptHalfAMinuteAfterTheLastFileOfABurst() {
        putTwo("bash");
        cached("bash-2-1");
        for (int i = 0; i < 5; i++) {
            timer.advance(Sweeps.QUIET.minusSeconds(1));
            putTwo("p" + i);
            cached("p" + i + "-2-1");
        }
        timer.advance(Sweeps.QUIET.minusSeconds(1));
        assertThat(sweeps.removed().sum().files()).isZero();

        timer.advance(Duration.ofSeconds(1));

        assertThat(sweeps.removed().sum().files()).isEqualTo(6);
        assertThat(tasks).isEqualTo(1);
        assertThat(timer.delays()).as("the next is in a day").containsExactly(Sweeps.EVERY);
    }

    @Test
    void burstThatDoesNotEndPutsTheSweepOffForSomeMinutesOnly() {
        putTwo("bash");
        Duration passed = Duration.ZERO;
        while (passed.compareTo(Sweeps.LONGEST_BURST) < 0) {
            assertThat(bench.versions("bash")).hasSize(2);
            cached("zlib-1-1");
            timer.advance(Duration.ofSeconds(20));
            passed = passed.plusSeconds(20);
        }

        assertThat(bench.versions("bash")).containsExactly("2-1");
    }

    @Test
    void fileThatIsCachedWhileASweepRunsIsSeenByTheNext() {
        putTwo("bash");
        bench.atClaim = paths -> {
            bench.atClaim = others -> {};
            putTwo("aaa");
            cached("aaa-2-1");
        };
        cached("bash-2-1");
        timer.advance(Sweeps.QUIET);
        assertThat(bench.versions("aaa")).hasSize(2);

        timer.advance(Sweeps.QUIET);

        assertThat(bench.versions("aaa")).hasSize(1);
    }

    @Test
    void olderVersionThatIsInUseGoesSoonAfterItIsNotAnyMore() {
        putTwo("bash");
        OpenFiles.Use reader = bench.openFiles.begin(path(CORE + "bash-1-1-x86_64.pkg.tar.zst"));
        cached("bash-2-1");
        timer.advance(Sweeps.QUIET);
        assertThat(bench.versions("bash")).hasSize(2);

        reader.end();
        timer.advance(Sweeps.QUIET);

        assertThat(bench.versions("bash")).containsExactly("2-1");
        assertThat(timer.delays()).containsExactly(Sweeps.EVERY);
    }

    @Test
    void whatIsInUseForLongIsLookedAtLessAndLessOften() {
        putTwo("bash");
        OpenFiles.Use reader = bench.openFiles.begin(path(CORE + "bash-1-1-x86_64.pkg.tar.zst"));
        cached("bash-2-1");

        timer.advance(Duration.ofHours(2));

        // After half a minute, one, two, four, eight and sixteen minutes, and then each sixteen minutes.
        assertThat(tasks).isBetween(10, 13);
        reader.end();
        timer.advance(Sweeps.LONGEST_PAUSE);
        assertThat(bench.versions("bash")).containsExactly("2-1");
    }

    @Test
    void whatASweepOfEverythingLeavesInUseGoesSoonAfterwardsToo() {
        putTwo("bash");
        sweeps.start();
        OpenFiles.Use reader = bench.openFiles.begin(path(CORE + "bash-1-1-x86_64.pkg.tar.zst.sig"));
        timer.advance(Sweeps.FIRST);
        assertThat(bench.versions("bash")).hasSize(2);

        reader.end();
        timer.advance(Sweeps.QUIET);

        assertThat(bench.versions("bash")).containsExactly("2-1");
    }

    @Test
    void versionThatMayStayIsNoReasonToLookAgainThoughItIsInUse() {
        putTwo("bash");
        OpenFiles.Use reader = bench.openFiles.begin(path(CORE + "bash-2-1-x86_64.pkg.tar.zst"));
        cached("bash-2-1");
        timer.advance(Sweeps.QUIET);

        assertThat(bench.versions("bash")).containsExactly("2-1");
        assertThat(timer.delays()).containsExactly(Sweeps.EVERY);
        reader.end();
    }

    @Test
    void databasesAreNoReasonToSweep() {
        for (String name : List.of("core/os/x86_64/core.db", "core/os/x86_64/core.db.sig", "lastsync")) {
            sweeps.cached(path(name), 1000);
        }

        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void cacheThatOutgrowsItsLimitIsSweptAtOnce() {
        bench.cacheSizeLimit = CacheBench.bytes(1000);
        sweeps = sweeps();
        sweeps.start();
        timer.advance(Sweeps.FIRST);
        for (int i = 0; i < 9; i++) {
            use("p" + i);
        }
        timer.runAll();
        assertThat(bench.files()).as("990 bytes with signatures").hasSize(18);

        use("p9");
        timer.runAll();

        assertThat(bench.files()).hasSize(16);
        assertThat(bench.versions("p0")).isEmpty();
        assertThat(bench.versions("p9")).hasSize(1);
    }

    @Test
    void imagesCountAsPackagesDoAndGoInTheirTurn() {
        bench.cacheSizeLimit = CacheBench.bytes(6000);
        sweeps = sweeps();
        sweeps.start();
        timer.advance(Sweeps.FIRST);
        use("bash");
        for (int i = 0; i < 6; i++) {
            RepositoryPath image = path("iso/" + i + "/arch.iso");
            bench.put(image.toString(), 1500);
            bench.uses.used(image);
            sweeps.used(path(CORE + "bash-1-1-x86_64.pkg.tar.zst"));
            bench.time.advance(Duration.ofMinutes(1));
            sweeps.cached(image, 1500);
            timer.runAll();
        }

        assertThat(bench.versions("bash")).as("is used all the time").hasSize(1);
        assertThat(bench.files()).contains("iso/5/arch.iso", "iso/4/arch.iso").doesNotContain("iso/0/arch.iso");
    }

    @Test
    void diskThatFillsUpIsSeenToAtOnce() {
        bench.minFree = CacheBench.bytes(100_000);
        sweeps = sweeps();
        sweeps.start();
        timer.advance(Sweeps.FIRST);
        for (int i = 0; i < 5; i++) {
            use("p" + i);
        }
        timer.runAll();
        int before = tasks;
        assertThat(bench.files()).hasSize(10);

        bench.usableBytes = 99_990;
        use("p5");
        use("p6");
        timer.runAll();

        assertThat(bench.versions("p0")).isEmpty();
        assertThat(tasks).as("one sweep for both").isEqualTo(before + 1);
    }

    @Test
    void limitIsKeptFromTheStartOn() {
        bench.cacheSizeLimit = CacheBench.bytes(1000);
        sweeps = sweeps();
        sweeps.start();
        for (int i = 0; i < 12; i++) {
            use("p" + i);
        }

        timer.runAll();

        assertThat(bench.files()).hasSize(16);
        assertThat(bench.versions("p11")).hasSize(1);
    }

    @Test
    void thereIsRoomForWhatMakesNothingElseGo() {
        bench.cacheSizeLimit = CacheBench.bytes(1000);
        bench.minFree = CacheBench.bytes(100_000);
        sweeps = sweeps();
        putTwo("bash");
        sweeps.start();
        timer.advance(Sweeps.FIRST);

        RepositoryPath next = path(CORE + "zlib-1-1-any.pkg.tar.zst");
        assertThat(sweeps.hasRoomFor(next, 1000 - 110)).as("up to the limit").isTrue();
        assertThat(sweeps.hasRoomFor(next, 1000 - 109)).as("beyond the limit").isFalse();
        bench.usableBytes = 100_500;
        assertThat(sweeps.hasRoomFor(next, 500))
                .as("up to what is to stay free")
                .isTrue();
        assertThat(sweeps.hasRoomFor(next, 501)).as("beyond that").isFalse();
    }

    /** The packages of core may take 330 bytes together. */
    private void limitCore() {
        bench.ofRepositories = Map.of("core", new RetentionRules(1, Optional.empty(), OptionalLong.of(330)));
        sweeps = sweeps();
        sweeps.start();
        timer.advance(Sweeps.FIRST);
    }

    @Test
    void repositoryWithALimitOfItsOwnHasRoomUpToIt() {
        bench.put("bash-1-1");
        limitCore();
        RepositoryPath next = path(CORE + "zlib-1-1-any.pkg.tar.zst");
        RepositoryPath elsewhere = path("extra/os/x86_64/vim-1-1-any.pkg.tar.zst");

        assertThat(sweeps.hasRoomFor(next, 220)).isTrue();
        assertThat(sweeps.hasRoomFor(next, 221)).isFalse();
        assertThat(sweeps.hasRoomFor(elsewhere, 5000)).isTrue();
        use("xz");
        assertThat(sweeps.hasRoomFor(next, 110)).as("what came since counts").isTrue();
        assertThat(sweeps.hasRoomFor(next, 111)).isFalse();
    }

    @Test
    void repositoryThatOutgrowsItsOwnLimitIsSweptAtOnce() {
        limitCore();
        for (int i = 0; i < 3; i++) {
            use("p" + i);
        }
        timer.runAll();
        assertThat(bench.files()).as("up to the limit").hasSize(6);

        use("p3");
        timer.runAll();

        // Down to 297 and below.
        assertThat(bench.files()).hasSize(4);
        assertThat(bench.versions("p3")).hasSize(1);
        assertThat(sweeps.removed().all().get(RemovalReason.REPOSITORY_SIZE).files())
                .isEqualTo(2);
    }

    @Test
    void whatIsInUseCountsForTheLimitOfARepository() {
        bench.use(bench.put("bash-1-1"));
        limitCore();

        assertThat(sweeps.hasRoomFor(path(CORE + "zlib-1-1-any.pkg.tar.zst"), 221))
                .isFalse();
    }

    @Test
    void limitThatCannotBeKeptIsNoReasonToSweepForEachPackage() {
        bench.cacheSizeLimit = CacheBench.bytes(1000);
        bench.put(CORE + "core.db", 2000);
        sweeps = sweeps();
        sweeps.start();
        timer.advance(Sweeps.FIRST);

        use("p1");
        timer.runAll();
        use("p2");
        timer.runAll();
        assertThat(bench.versions("p1")).hasSize(1);
        assertThat(bench.versions("p2")).hasSize(1);

        timer.advance(Sweeps.QUIET);
        assertThat(bench.versions("p1")).isEmpty();
    }

    @Test
    void limitThatIsPassedByWhatIsInUseIsKeptSoonAfterItIsNotAnyMore() {
        bench.cacheSizeLimit = CacheBench.bytes(1000);
        sweeps = sweeps();
        sweeps.start();
        timer.advance(Sweeps.FIRST);
        List<OpenFiles.Use> readers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            use("p" + i);
            readers.add(bench.openFiles.begin(path(CORE + "p" + i + "-1-1-x86_64.pkg.tar.zst")));
        }
        timer.runAll();
        assertThat(bench.files()).as("nothing can go").hasSize(40);

        readers.forEach(OpenFiles.Use::end);
        timer.advance(Sweeps.QUIET);

        assertThat(bench.files()).as("nobody asked for anything").hasSize(16);
    }

    @Test
    void limitThatIsPassedByWhatCameIntoUseAtTheLastMomentIsKeptSoonAfterToo() {
        bench.cacheSizeLimit = CacheBench.bytes(1000);
        sweeps = sweeps();
        sweeps.start();
        timer.advance(Sweeps.FIRST);
        for (int i = 0; i < 20; i++) {
            use("p" + i);
        }
        List<OpenFiles.Use> readers = new ArrayList<>();
        bench.atClaim = paths -> paths.forEach(path -> readers.add(bench.openFiles.begin(path)));
        timer.runAll();
        assertThat(bench.files()).as("nothing has gone").hasSize(40);
        bench.atClaim = paths -> {};

        readers.forEach(OpenFiles.Use::end);
        timer.advance(Sweeps.QUIET);

        assertThat(bench.files()).as("nobody asked for anything").hasSize(16);
    }

    @Test
    void limitThatIsPassedByWhatIsInUseForLongIsNoReasonToSweepWithoutPause() {
        bench.cacheSizeLimit = CacheBench.bytes(1000);
        sweeps = sweeps();
        bench.put(CORE + "core.db", 2000);
        use("p");
        bench.use(path(CORE + "p-1-1-x86_64.pkg.tar.zst"));
        sweeps.start();
        timer.advance(Sweeps.FIRST);
        tasks = 0;

        timer.advance(Duration.ofHours(2));

        assertThat(tasks).isBetween(10, 13);
    }

    @Test
    void dryRunAnswersAllWhoWait() {
        putTwo("bash");

        CompletableFuture<SweepReport> one = sweeps.dryRun().toCompletableFuture();
        CompletableFuture<SweepReport> two = sweeps.dryRun().toCompletableFuture();
        assertThat(one).isNotDone();
        timer.runAll();

        assertThat(one.join().removals())
                .containsExactly(new Removal(
                        path(CORE + "bash-1-1-x86_64.pkg.tar.zst"),
                        RemovalReason.OLD_VERSION,
                        110,
                        List.of("bash-1-1-x86_64.pkg.tar.zst", "bash-1-1-x86_64.pkg.tar.zst.sig")));
        assertThat(two.join()).isSameAs(one.join());
        assertThat(bench.versions("bash")).hasSize(2);
        assertThat(sweeps.dryRun().toCompletableFuture()).as("a new one").isNotDone();
    }

    @Test
    void sweepMayBeAskedFor() {
        putTwo("bash");

        CompletableFuture<SweepReport> one = sweeps.now().toCompletableFuture();
        CompletableFuture<SweepReport> two = sweeps.now().toCompletableFuture();
        assertThat(bench.versions("bash")).as("not on the thread of who asks").hasSize(2);
        timer.runAll();

        assertThat(one.join().dry()).isFalse();
        assertThat(one.join().sum()).isEqualTo(new RemovalCounts.Count(1, 110));
        assertThat(two.join()).isSameAs(one.join());
        assertThat(bench.versions("bash")).containsExactly("2-1");
        assertThat(sweeps.last()).contains(one.join());
    }

    @Test
    void whoAsksWhileASweepRunsGetsTheNextOne() {
        putTwo("bash");
        putTwo("zlib");
        List<CompletableFuture<SweepReport>> second = new ArrayList<>();
        bench.atClaim = paths -> {
            if (second.isEmpty()) {
                second.add(sweeps.now().toCompletableFuture());
            }
        };

        CompletableFuture<SweepReport> first = sweeps.now().toCompletableFuture();
        timer.runAll();

        assertThat(first.join().sum().files()).isEqualTo(2);
        assertThat(second.get(0).join().sum().files()).isZero();
    }

    @Test
    void sweepThatBreaksOffDoesNotEndTheOthers() {
        putTwo("bash");
        boolean[] broken = {true};
        RetentionSweep sweep = new RetentionSweep(
                bench.root,
                bench.cache,
                new RetentionSettings(
                        ByDirectory.all(new RetentionRules(1, Optional.empty(), OptionalLong.empty())),
                        Optional.empty(),
                        Optional.empty()),
                bench.uses,
                new OpenFiles(),
                path -> {
                    if (broken[0]) {
                        throw new IllegalStateException("planted");
                    }
                    return false;
                },
                () -> new DiskSpace.Space(1, 1));
        sweeps = new Sweeps(sweep, bench.uses, bench.approved(), timer, timer);
        sweeps.start();
        CompletableFuture<SweepReport> dry = sweeps.dryRun().toCompletableFuture();
        timer.advance(Sweeps.FIRST);
        assertThat(dry).isCompletedExceptionally();

        broken[0] = false;
        timer.advance(Sweeps.EVERY);

        assertThat(bench.versions("bash")).hasSize(1);
    }

    @Test
    void lastUsesAreReadAtTheStartAndSavedAfterASweepAndAtTheEnd() {
        bench.uses.used(path(CORE + "early-1-1-any.pkg.tar.zst"));
        bench.uses.save();
        CacheBench restarted = new CacheBench(bench.root);
        bench = restarted;
        sweeps = sweeps();
        sweeps.start();
        timer.runAll();
        assertThat(restarted.uses.size()).isEqualTo(1);

        restarted.uses.inherit(path(CORE + "prefetched-1-1-any.pkg.tar.zst"), restarted.uses.now());
        timer.advance(Sweeps.FIRST);
        assertThat(saved()).isEqualTo(2);

        restarted.uses.used(path(CORE + "end-1-1-any.pkg.tar.zst"));
        sweeps.close();
        assertThat(saved()).isEqualTo(3);
    }

    @Test
    void useIsSavedSoon() {
        sweeps.start();
        timer.advance(Sweeps.FIRST);

        sweeps.used(path(CORE + "one-1-1-any.pkg.tar.zst"));
        sweeps.used(path(CORE + "two-1-1-any.pkg.tar.zst"));
        assertThat(saved())
                .as("nothing is written on the thread of who uses it")
                .isZero();
        timer.advance(Sweeps.SAVE_SOON);
        assertThat(saved()).isEqualTo(2);

        sweeps.used(path(CORE + "three-1-1-any.pkg.tar.zst"));
        timer.advance(Sweeps.SAVE_SOON);
        assertThat(saved()).isEqualTo(3);
    }

    @Test
    void nothingRunsAfterTheEnd() {
        putTwo("bash");
        sweeps.start();
        CompletableFuture<SweepReport> waiting = sweeps.dryRun().toCompletableFuture();
        sweeps.close();

        timer.advance(Duration.ofDays(3));
        cached("bash-2-1");
        timer.advance(Duration.ofDays(3));

        assertThat(waiting).isCompletedExceptionally();
        assertThat(sweeps.dryRun().toCompletableFuture()).isCompletedExceptionally();
        assertThat(sweeps.now().toCompletableFuture()).isCompletedExceptionally();
        assertThat(bench.versions("bash")).hasSize(2);
        assertThat(timer.delays()).isEmpty();
    }

    private int saved() {
        LastUses other = new LastUses(bench.notes(), bench.time, bench.time::nanoTime);
        other.load();
        return other.size();
    }

    private void use(String name) {
        bench.uses.used(bench.put(name + "-1-1"));
        bench.time.advance(Duration.ofMinutes(1));
        cached(name + "-1-1");
    }

    private void cached(String nameAndVersion) {
        sweeps.cached(path(CORE + nameAndVersion + "-x86_64.pkg.tar.zst"), 110);
    }

    private void putTwo(String name) {
        bench.put(name + "-1-1");
        bench.put(name + "-2-1");
    }
}
