package flexo.download;

import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RefusingDisk;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large package that comes from several mirrors at once. */
class SeveralMirrorsTest {
    private static final int SPEED = 4_000_000;
    private static final byte[] BODY = random(24_000_000);
    private static final String SHA256 = FileContent.of(BODY).sha256();
    /** What is on its way when a transfer is ended early; here it is what is sent in one step. */
    private static final long TWICE_AT_MOST = 400_000;

    @TempDir
    private Path directory;

    private DownloadBench bench;
    private RunningMirrors mirrors;
    private TestClient client;

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private void asked(int mirrorCount) {
        begin(directory, mirrorCount);
        client = bench.get(PACKAGE);
    }

    private void begin(Path root, int mirrorCount) {
        bench = new DownloadBench(root, mirrorCount);
        bench.list(BODY.length, SHA256);
        mirrors = new RunningMirrors(bench, BODY, SPEED);
    }

    private void assertCached() {
        assertGets(client, BODY);
        bench.settle();
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        bench.assertNothingIsLeft();
    }

    private static Duration ideal(double mirrors) {
        return Duration.ofMillis((long) (1000.0 * BODY.length / SPEED / mirrors));
    }

    private void assertTakes(double mirrors, Duration taken) {
        assertThat(taken).isBetween(ideal(mirrors), ideal(mirrors * 0.9));
    }

    private void assertEachByteCameOnce() {
        assertThat(mirrors.sentBytes()).isBetween((long) BODY.length, BODY.length + TWICE_AT_MOST);
    }

    @Test
    void twoMirrorsBringItInHalfTheTime() {
        asked(2);

        assertTakes(2, mirrors.untilCached());
        assertEachByteCameOnce();
        assertThat(mirrors.sent.values()).allMatch(bytes -> bytes > BODY.length / 3);
        assertCached();
    }

    @Test
    void fourMirrorsBringItInAQuarterOfTheTime() {
        asked(6);

        assertTakes(4, mirrors.untilCached());
        assertEachByteCameOnce();
        assertThat(mirrors.sent).as("no more than four").hasSize(4);
        assertCached();
    }

    @Test
    void eachBringsAsMuchAsItIsFast() {
        asked(2);
        mirrors.mirror(2).bytesPerSecond = 3 * SPEED;

        assertTakes(4, mirrors.untilCached());
        assertCached();
    }

    @Test
    void mirrorHasOneConnectionAtATime() {
        asked(3);
        while (!mirrors.isCached()) {
            mirrors.pass(Duration.ofMillis(50));
            assertThat(bench.client.asked().stream()
                            .filter(mirrors::isRunning)
                            .map(asked -> asked.request().uri().getHost()))
                    .doesNotHaveDuplicates();
        }
        assertCached();
    }

    @Test
    void readerAtTheFrontIsNotMadeToWaitForTheEnd() {
        asked(2);
        mirrors.pass(Duration.ofMillis(2800));

        assertThat(client.reads().received()).hasSizeGreaterThan((int) (2.8 * SPEED * 1.6));
        mirrors.untilCached();
        assertCached();
    }

    @Test
    void firstByteComesBeforeAnyOtherMirrorIsAsked() {
        asked(2);
        mirrors.pass(Duration.ofMillis(10));

        assertThat(client.reads().received()).isNotEmpty();
        assertThat(bench.askedCount()).isEqualTo(1);
        mirrors.untilCached();
        assertCached();
    }

    @Test
    void oneMirrorSendsAllOfItInOneAnswer() {
        asked(1);

        mirrors.untilCached();
        assertThat(bench.askedCount()).isEqualTo(1);
        assertCached();
    }

    @Test
    void settingOfOneMirrorSwitchesItOff() {
        begin(directory, 3);
        bench.mirrorsPerFile = 1;
        client = bench.get(PACKAGE);

        mirrors.untilCached();
        assertThat(bench.askedCount()).isEqualTo(1);
        assertCached();
    }

    @Test
    void fileThatNoDatabaseListsComesFromOneMirror() {
        bench = new DownloadBench(directory, 3);
        mirrors = new RunningMirrors(bench, BODY, SPEED);
        client = bench.get(PACKAGE);

        mirrors.untilCached();
        assertThat(bench.askedCount()).isEqualTo(1);
        assertCached();
    }

    @Test
    void whatIsFetchedAheadComesFromOneMirrorUntilAClientWantsIt() {
        begin(directory, 3);
        var unused = bench.downloads.fetchAhead(PACKAGE, false);
        bench.settle();
        mirrors.pass(Duration.ofSeconds(1));
        assertThat(bench.askedCount()).isEqualTo(1);

        client = bench.get(PACKAGE);
        mirrors.untilCached();
        assertThat(mirrors.sent).hasSize(3);
        assertCached();
    }

    @Test
    void whatNobodyWaitsForAnyLongerComesFromOneMirror() {
        asked(3);
        mirrors.pass(Duration.ofSeconds(1));
        client.leaves();
        mirrors.pass(Duration.ofSeconds(1));

        assertThat(bench.client.asked().stream().filter(mirrors::isRunning)).hasSizeLessThanOrEqualTo(1);
        mirrors.untilCached();
        bench.assertNothingIsLeft();
    }

    // Mirrors that fail.

    @Test
    void mirrorThatFailsLosesItsRangeToTheOthers() {
        asked(3);
        mirrors.pass(Duration.ofSeconds(1));
        mirrors.mirror(2).status = 503;
        mirrors.breakOff(2);

        assertThat(mirrors.untilCached()).isLessThan(ideal(2));
        assertEachByteCameOnce();
        assertCached();
    }

    @Test
    void mirrorWithAnotherFileIsLeft() {
        asked(3);
        mirrors.mirror(2).sizeError = 1;

        mirrors.untilCached();
        assertThat(mirrors.sent).doesNotContainKey("m2.example");
        assertCached();
    }

    @Test
    void mirrorThatSendsAllInsteadOfItsRangeIsLeft() {
        asked(3);
        mirrors.mirror(2).status = 200;

        mirrors.untilCached();
        assertThat(mirrors.sent).doesNotContainKey("m2.example");
        assertCached();
    }

    @Test
    void mirrorThatLacksTheFileIsReplacedByTheNext() {
        asked(3);
        mirrors.mirror(2).status = 404;

        mirrors.untilCached();
        assertThat(mirrors.sent).containsOnlyKeys("m1.example", "m3.example");
        assertCached();
    }

    @Test
    void silentMirrorHoldsNobodyUp() {
        asked(2);
        mirrors.mirror(2).bytesPerSecond = 0;

        assertThat(mirrors.untilCached()).isLessThan(ideal(1).plusMillis(500));
        assertCached();
    }

    @Test
    void mirrorThatStallsInItsRangeLosesItToTheOthers() {
        asked(3);
        mirrors.pass(Duration.ofSeconds(1));
        mirrors.mirror(3).bytesPerSecond = 0;

        assertThat(mirrors.untilCached()).isLessThan(Duration.ofMillis(3500));
        assertEachByteCameOnce();
        assertCached();
    }

    @Test
    void mirrorThatCrawlsLosesItsRangeToTheOthers() {
        asked(3);
        mirrors.pass(Duration.ofSeconds(1));
        mirrors.mirror(3).bytesPerSecond = 20_000;

        assertThat(mirrors.untilCached()).isLessThan(Duration.ofSeconds(4));
        assertEachByteCameOnce();
        assertCached();
    }

    @Test
    void othersGoOnWhenTheFirstMirrorFails() {
        asked(3);
        mirrors.pass(Duration.ofSeconds(1));
        mirrors.mirror(1).status = 503;
        mirrors.breakOff(1);

        assertThat(mirrors.untilCached()).isLessThan(Duration.ofMillis(3500));
        assertEachByteCameOnce();
        assertCached();
    }

    @Test
    void othersGoOnWhenTheFirstMirrorStalls() {
        asked(3);
        mirrors.pass(Duration.ofSeconds(1));
        mirrors.mirror(1).bytesPerSecond = 0;

        assertThat(mirrors.untilCached()).isLessThan(Duration.ofSeconds(4));
        assertCached();
    }

    @Test
    void allMirrorsButOneMayFail() {
        asked(4);
        mirrors.pass(Duration.ofSeconds(1));
        for (int failing : new int[] {1, 2, 3}) {
            mirrors.mirror(failing).status = 503;
            mirrors.breakOff(failing);
        }

        assertThat(mirrors.untilCached()).isLessThan(ideal(1));
        assertCached();
    }

    // One that is not needed.

    @Test
    void mirrorsThatMakeItNoFasterAreLetGo() {
        asked(4);
        mirrors.shareLine(SPEED / 2);
        mirrors.untilCached();

        assertThat(mirrors.sent.get("m2.example") + mirrors.sent.get("m3.example") + mirrors.sent.get("m4.example"))
                .isLessThan(BODY.length / 2);
        assertEachByteCameOnce();
        assertCached();
    }

    @Test
    void whatIsThereAtOnceComesFromOneMirror() {
        asked(3);
        mirrors.mirror(1).bytesPerSecond = 100_000_000;

        mirrors.untilCached();
        assertThat(bench.askedCount()).isEqualTo(1);
        assertCached();
    }

    @Test
    void otherMirrorsGiveWayToDownloadsThatNeedTheirPlaces() {
        bench = DownloadBench.withPlaces(directory, 3, new Admission.Limits(4, 1, 1));
        bench.list(BODY.length, SHA256);
        mirrors = new RunningMirrors(bench, BODY, SPEED);
        client = bench.get(PACKAGE);
        mirrors.pass(Duration.ofMillis(500));
        int before = bench.admission.taken();
        assertThat(before).isGreaterThan(1);

        for (int i = 0; i < 2; i++) {
            bench.get(TestPaths.path("core/os/x86_64/other-" + i + "-1-any.pkg.tar.zst"), OTHER_CLIENT);
        }
        mirrors.pass(Duration.ofMillis(20));

        assertThat(bench.admission.waiting()).isZero();
        bench.downloads.close();
        bench.settle();
    }

    // Readers.

    @Test
    void joinersAndClientsOfRangesGetTheirBytes() {
        asked(3);
        mirrors.haveSpeed(SPEED / 4);
        mirrors.pass(Duration.ofMillis(500));
        TestClient joiner = bench.get(PACKAGE, OTHER_CLIENT);
        TestClient resumer =
                bench.get(PACKAGE, OTHER_CLIENT).startsAt(15_000_000).reads();
        mirrors.pass(Duration.ofSeconds(3));
        assertThat(resumer.reads().received())
                .as("does not wait for the prefix")
                .isNotEmpty();

        mirrors.untilCached();
        assertGets(joiner, BODY);
        assertThat(resumer.reads().received()).isEqualTo(Arrays.copyOfRange(BODY, 15_000_000, BODY.length));
        resumer.leaves();
        assertCached();
    }

    // Mirrors that send wrong bytes.

    private static byte[] damaged() {
        byte[] wrong = BODY.clone();
        for (int at = 0; at < wrong.length; at += 1_000_000) {
            wrong[at]++;
        }
        return wrong;
    }

    private List<String> blamed() {
        return bench.mirrors.leases().stream()
                .filter(lease -> lease.reports().contains("failed WRONG_CONTENT"))
                .map(lease -> lease.mirror().toString())
                .distinct()
                .toList();
    }

    @Test
    void mirrorWhoseRangesAreWrongIsFoundAndTheFileIsFetchedAgain() {
        asked(3);
        mirrors.mirror(2).body = damaged();
        Duration taken = mirrors.untilCached();

        assertThat(taken).as("a second time from one").isGreaterThan(ideal(1));
        assertThat(client.reads().isCut()).isTrue();
        assertThat(client.received()).hasSizeLessThan(BODY.length);
        client.leaves();
        bench.settle();
        assertThat(blamed()).containsExactly("http://m2.example/");
        client = bench.get(PACKAGE);
        assertCached();
    }

    @Test
    void whoAsksWhileTheGuiltyOneIsLookedForGetsTheRightFile() {
        asked(3);
        mirrors.mirror(2).body = damaged();
        mirrors.pass(Duration.ofMillis(2500));
        assertThat(client.reads().isCut()).isTrue();
        client.leaves();

        client = bench.get(PACKAGE);
        int before = mirrors.sent.size();
        mirrors.untilCached();
        assertThat(mirrors.sent).as("one mirror alone is asked").hasSize(before);
        assertCached();
    }

    @Test
    void whereAllAreWrongNobodyGetsTheFile() {
        asked(2);
        mirrors.mirror(1).body = damaged();
        mirrors.mirror(2).body = damaged();
        mirrors.pass(Duration.ofSeconds(45));

        assertThat(client.reads().isCut()).isTrue();
        assertThat(client.received()).hasSizeLessThan(BODY.length);
        client.leaves();
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    // The disk.

    @Test
    void whatACrashLeavesWithHolesIsResumed(@TempDir Path crashed) throws IOException {
        asked(3);
        mirrors.pass(Duration.ofSeconds(1));
        for (Path file : new Path[] {bench.part(PACKAGE), bench.promise(PACKAGE)}) {
            Path copy = crashed.resolve(directory.relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
        mirrors.untilCached();
        assertCached();

        begin(crashed, 2);
        client = bench.get(PACKAGE);
        assertThat(bench.asked(1).fromByte()).isBetween(100_000L, 8_000_000L);
        mirrors.untilCached();
        assertCached();
    }

    @Test
    void whereTheDiskRefusesItEachReaderGoesOnAlone() {
        begin(new RefusingDisk(8_000_000, "No space left on device").of(directory), 3);
        client = bench.get(PACKAGE);
        mirrors.pass(Duration.ofMillis(10));
        for (int i = 0; i < 2000 && !client.reads().hasAll(); i++) {
            mirrors.pass(Duration.ofMillis(10));
            bench.room.wasTried();
            bench.settle();
        }

        assertGets(client, BODY);
        bench.settle();
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void whatAStopLeavesWithHolesIsResumed() {
        asked(3);
        mirrors.pass(Duration.ofSeconds(1));
        bench.downloads.close();
        bench.settle();
        client.leaves();
        bench.assertNothingIsLeft();

        begin(directory, 2);
        client = bench.get(PACKAGE);
        assertThat(bench.asked(1).fromByte()).isGreaterThan(3_000_000L);
        mirrors.untilCached();
        assertCached();
    }
}
