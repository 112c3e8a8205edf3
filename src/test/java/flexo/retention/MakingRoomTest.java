package flexo.retention;

import static flexo.retention.CacheBench.CORE;
import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.testing.SteppedTimer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Room for new files, on a disk of a million bytes: a hundredth of it, or a tenth of the cache, is made beyond the need. */
class MakingRoomTest {
    @TempDir
    private Path folder;

    private final SteppedTimer timer = new SteppedTimer();
    /** Counts sweeps that were begun. */
    private int tasks;

    private CacheBench bench;
    private Sweeps sweeps;

    @BeforeEach
    void makeBench() {
        bench = new CacheBench(folder.resolve("cache"));
        bench.usableBytes = 1000;
        sweeps = new Sweeps(bench.sweep(), bench.uses, bench.approved(), timer, task -> {
            tasks++;
            timer.execute(task);
        });
    }

    /** Packages of 110 bytes each, used in this order. */
    private List<RepositoryPath> useOneByOne(int count) {
        List<RepositoryPath> packages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            packages.add(bench.put("p" + i + "-1-1"));
            bench.uses.used(packages.get(i));
            bench.time.advance(Duration.ofMinutes(1));
        }
        return packages;
    }

    private boolean isThere(int number) {
        return !bench.versions("p" + number).isEmpty();
    }

    /** Downloads wait for so many usable bytes each, which is all that they need. */
    private RetentionSweep.Result makeRoom(long... usableBytes) {
        return bench.sweep()
                .sweep(Arrays.stream(usableBytes)
                        .mapToObj(bytes -> new RoomDemand.Need(bytes, bytes))
                        .toList());
    }

    private CompletionStage<Void> demand(long usableBytes) {
        return sweeps.makeRoom(usableBytes, usableBytes);
    }

    private static boolean isTried(CompletionStage<Void> room) {
        return room.toCompletableFuture().isDone();
    }

    // The sweep.

    @Test
    void leastRecentlyUsedGoAndATenthOfTheCacheMoreThanNeeded() {
        useOneByOne(10);

        // 200 bytes are missing, 110 are a tenth of all packages.
        RetentionSweep.Result room = makeRoom(1200L);

        assertThat(room.report().counts()).containsEntry(RemovalReason.DISK_SPACE, new RemovalCounts.Count(3, 330));
        assertThat(isThere(2)).isFalse();
        assertThat(isThere(3)).isTrue();
        assertThat(room.spareBytes()).isEmpty();
    }

    @Test
    void noMoreThanAHundredthOfTheDiskGoesBeyondTheNeed() {
        for (int i = 0; i < 4; i++) {
            bench.put(CORE + "large" + i + "-1-1-x86_64.pkg.tar.zst", 100_000);
            bench.uses.used(path(CORE + "large" + i + "-1-1-x86_64.pkg.tar.zst"));
            bench.time.advance(Duration.ofMinutes(1));
        }

        SweepReport report = makeRoom(91_000L).report();

        // 90 000 are missing, and 10 000 more go, not 40 000.
        assertThat(report.sum()).isEqualTo(new RemovalCounts.Count(1, 100_000));
    }

    @Test
    void nothingGoesWhereThereIsRoomEnough() {
        useOneByOne(3);

        RetentionSweep.Result room = makeRoom(1000L);

        assertThat(bench.files()).hasSize(6);
        assertThat(room.spareBytes()).isEmpty();
    }

    @Test
    void nothingGoesForAFileThatWouldNotFitEvenThen() {
        useOneByOne(3);

        RetentionSweep.Result room = makeRoom(1000L + 331);

        assertThat(bench.files()).hasSize(6);
        assertThat(room.spareBytes()).hasValue(330);
    }

    @Test
    void fileThatWouldNotFitKeepsNoOtherFromGettingRoom() {
        useOneByOne(3);

        RetentionSweep.Result room = makeRoom(50_000L, 1050L, 1200L);

        assertThat(bench.files()).as("233 bytes are more than two").isEmpty();
        assertThat(room.spareBytes()).hasValue(330);
    }

    @Test
    void everythingGoesIfJustThatIsEnough() {
        useOneByOne(3);

        RetentionSweep.Result room = makeRoom(1330L);

        assertThat(bench.files()).isEmpty();
        assertThat(room.spareBytes()).isEmpty();
    }

    @Test
    void whatIsInUseStaysAndDoesNotCountAsRoom() {
        List<RepositoryPath> packages = useOneByOne(3);
        bench.use(packages.get(0));

        RetentionSweep.Result room = makeRoom(1000L + 221);
        assertThat(bench.files()).hasSize(6);
        assertThat(room.spareBytes()).hasValue(220);
        var unused = makeRoom(1000L + 100);

        assertThat(isThere(0)).isTrue();
        assertThat(isThere(1)).isFalse();
    }

    @Test
    void whatComesIntoUseMeanwhileStays() {
        List<RepositoryPath> packages = useOneByOne(3);
        bench.atClaim = paths -> {
            if (paths.contains(packages.get(0))) {
                bench.use(packages.get(0));
            }
        };

        var unused = makeRoom(1000L + 100);

        assertThat(isThere(0)).isTrue();
    }

    @Test
    void listedVersionGoesOnlyAfterAnOlderOneThatIsNotListed() {
        RepositoryPath older = bench.put("bash-1-1");
        RepositoryPath current = bench.put("bash-2-1");
        bench.listed.add(current);
        bench.uses.used(current);
        bench.time.advance(Duration.ofHours(1));
        bench.uses.used(older);

        var unused = makeRoom(1000L + 50);

        assertThat(bench.versions("bash")).containsExactly("2-1");
    }

    @Test
    void imagesMakeRoomAsPackagesDoAndDatabasesStay() {
        RepositoryPath image = path("iso/latest/archlinux-x86_64.iso");
        bench.put(image.toString(), 5000);
        bench.put(image + ".sig", 10);
        bench.put(CORE + "core.db", 300);
        bench.uses.used(image);
        bench.time.advance(Duration.ofMinutes(1));
        useOneByOne(3);

        RetentionSweep.Result room = makeRoom(1001);

        assertThat(bench.files())
                .as("the least recently used goes, with its signature")
                .hasSize(7)
                .contains(CORE + "core.db");
        assertThat(makeRoom(10_000).spareBytes()).hasValue(330);
        assertThat(room.spareBytes()).isEmpty();
    }

    @Test
    void mirrorThatAnnouncesMuchGetsRoomForWhatIsToComeSoonOnly() {
        useOneByOne(10);

        var unused = bench.sweep().sweep(List.of(new RoomDemand.Need(1100, 2000)));

        assertThat(isThere(1)).as("100 bytes, and a tenth of the cache").isFalse();
        assertThat(isThere(2)).isTrue();
    }

    @Test
    void nothingGoesForTheFirstBytesOfAFileThatWouldNotFitInTheEnd() {
        useOneByOne(3);

        RetentionSweep.Result room = bench.sweep().sweep(List.of(new RoomDemand.Need(1100, 1331)));

        assertThat(bench.files()).hasSize(6);
        assertThat(room.spareBytes()).hasValue(330);
    }

    // When it runs.

    @Test
    void whoNeedsRoomWaitsForASweepInTheBackground() {
        useOneByOne(3);

        CompletionStage<Void> room = demand(1050);
        assertThat(isTried(room)).isFalse();
        assertThat(isThere(0)).as("not on the thread of who asks").isTrue();
        timer.runAll();

        assertThat(isTried(room)).isTrue();
        assertThat(isThere(0)).isFalse();
        assertThat(isThere(1)).isTrue();
    }

    @Test
    void allWhoAskBeforeItHasBegunShareOneSweepThatIsEnoughForTheGreatest() {
        useOneByOne(10);
        List<CompletionStage<Void>> askers = new ArrayList<>();
        for (long bytes : List.of(1010L, 1300L, 1020L)) {
            askers.add(demand(bytes));
        }

        timer.runAll();

        assertThat(tasks).isEqualTo(1);
        assertThat(askers).allMatch(MakingRoomTest::isTried);
        assertThat(sweeps.removed().sum()).as("300 and 110").isEqualTo(new RemovalCounts.Count(4, 440));
    }

    @Test
    void whoAsksWhileASweepRunsGetsTheNextOne() {
        useOneByOne(10);
        List<CompletionStage<Void>> second = new ArrayList<>();
        bench.atClaim = paths -> {
            if (second.isEmpty()) {
                second.add(demand(1500));
            }
        };
        CompletionStage<Void> first = demand(1100);
        timer.runAll();

        assertThat(isTried(first)).isTrue();
        assertThat(isTried(second.get(0))).isTrue();
        assertThat(isThere(4)).as("500 bytes and a tenth").isFalse();
    }

    @Test
    void whoWaitsWhenEverythingEndsIsToldSo() {
        useOneByOne(3);
        CompletionStage<Void> waiting = demand(1100);

        sweeps.close();
        timer.runAll();

        assertThat(isTried(waiting)).isTrue();
        assertThat(isTried(demand(1100))).isTrue();
        assertThat(bench.files()).hasSize(6);
    }

    @Test
    void sweepThatBreaksOffLetsNobodyWaitForEver() {
        useOneByOne(3);
        bench.atClaim = paths -> {
            throw new IllegalStateException("planted");
        };

        CompletionStage<Void> room = demand(1100);
        timer.runAll();

        assertThat(isTried(room)).isTrue();
    }

    // What cannot be made.

    /** Somebody needs so much, and has waited for it. */
    private void need(long usableBytes) {
        CompletionStage<Void> room = demand(usableBytes);
        timer.runAll();
        assertThat(isTried(room)).isTrue();
    }

    @Test
    void oneSweepShowsForManyFilesThatRoomCannotBeMade() {
        useOneByOne(2);
        for (int i = 0; i < 50; i++) {
            need(5000 + i);
        }

        assertThat(tasks).isEqualTo(1);
        assertThat(bench.files()).hasSize(4);
    }

    @Test
    void fileForWhichTheRestIsEnoughGetsItsRoom() {
        useOneByOne(2);
        need(5000);

        need(1100);

        assertThat(tasks).isEqualTo(2);
        assertThat(isThere(0)).isFalse();
    }

    @Test
    void roomIsMadeAgainOnceSoMuchHasBecomeUsableThatItHelps() {
        useOneByOne(2);
        need(5000);
        bench.usableBytes = 4779;
        need(5000);
        assertThat(tasks).as("with 220 from the cache it is still too little").isEqualTo(1);

        bench.usableBytes = 4780;
        need(5000);

        assertThat(tasks).isEqualTo(2);
        assertThat(bench.files()).isEmpty();
    }

    @Test
    void whatHasBeenCachedSinceIsFoundAfterAWhile() {
        need(1100);
        useOneByOne(2);
        timer.advance(Sweeps.TRY_AGAIN.minusMillis(1));
        need(1100);
        assertThat(tasks).isEqualTo(1);

        timer.advance(Duration.ofMillis(1));
        need(1100);

        assertThat(isThere(0)).isFalse();
    }

    @Test
    void otherSettingsAreAReasonToTryAgain() {
        useOneByOne(2);
        need(5000);
        bench.minFree = CacheBench.bytes(10);
        sweeps.use(bench.settings());
        timer.runAll();
        int before = tasks;

        need(5000);

        assertThat(tasks).isEqualTo(before + 1);
    }
}
