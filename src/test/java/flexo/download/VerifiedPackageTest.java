package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadFailure.Reason;
import flexo.mirror.MirrorFailure;
import flexo.testing.FileContent;
import flexo.testing.RepositoryDatabaseFile;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A package on its way must be what its database says before it looks whole to anybody. */
class VerifiedPackageTest {
    private static final byte[] BODY = body(1000);
    /** The same length, other bytes. */
    private static final byte[] WRONG = slice(body(1001), 1, 1001);

    private static final Duration EMBARGO = Duration.ofMillis(1500);

    @TempDir
    private Path directory;

    /** A bench whose database lists the package with the bytes of {@link #BODY}. */
    private DownloadBench bench(int mirrors) {
        DownloadBench bench = new DownloadBench(directory, mirrors);
        bench.list(BODY.length, FileContent.of(BODY).sha256());
        return bench;
    }

    private static void assertPublished(DownloadBench bench) {
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void rightFileIsPublishedAndNeedNotBeReadAgain() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);

        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        TestClient next = bench.getUnsettled(PACKAGE);
        assertThat(next.isAnswered()).as("without a look at its bytes").isTrue();
        assertThat(next.opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertGets(next, BODY);
        assertPublished(bench);
    }

    @Test
    void wrongBytesOfASmallFileAreReplacedByTheNextMirrorsBeforeAnyClientSeesThem() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(WRONG);

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.asked(2).request().uri()).hasHost("m2.example");
        assertThat(bench.asked(2).fromByte()).isZero();
        assertThat(bench.mirrors.reports(1)).containsExactly("first byte after 0 ms", "failed WRONG_CONTENT", "closed");
        assertThat(bench.fileNames()).as("nothing of it is continued").isEmpty();
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertPublished(bench);
    }

    @Test
    void wrongBytesFromEveryMirrorAreNeverGiven() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(WRONG);
        bench.lastAskedDelivers(WRONG);

        assertThat(client.refusal().reason()).isEqualTo(Reason.BAD_ANSWERS);
        assertThat(client.refusal().message()).contains("other bytes than the database demands");
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void wrongBytesThatWereReleasedEndInACutAndAreGone() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(WRONG, 400);
        bench.pass(EMBARGO);
        bench.asked(1).sends(slice(WRONG, 400, 1000));
        bench.settle();

        assertThat(client.reads().isCut()).isTrue();
        assertThat(client.received()).as("never whole").hasSize(999);
        client.leaves();
        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(bench.mirrors.reports(1)).contains("failed WRONG_CONTENT");
        assertThat(bench.fileNames()).isEmpty();
        TestClient next = bench.get(PACKAGE);
        assertThat(bench.asked(2).fromByte()).isZero();
        bench.lastAskedDelivers(BODY);
        assertGets(next, BODY);
        assertPublished(bench);
    }

    @Test
    void fileOfAnotherSizeIsRefusedAtItsHeadWithoutBlame() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.asked(1).responds(whole(999))).isFalse();
        bench.settle();

        assertThat(bench.mirrors.reports(1)).containsExactly("failed WRONG_LENGTH", "closed");
        assertThat(MirrorFailure.WRONG_LENGTH.blamesMirror()).isFalse();
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        assertPublished(bench);
    }

    @Test
    void headOfAFileOfAnotherSizeIsRefusedToo() {
        DownloadBench bench = bench(2);
        bench.head(PACKAGE);

        assertThat(bench.asked(1).responds(whole(999))).isFalse();
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(2);
    }

    @Test
    void smallFileIsKeptFromClientsForAMomentAndItsLastByteToTheEnd() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 100);
        bench.pass(EMBARGO.minusNanos(1));
        bench.asked(1).sends(slice(BODY, 100, 200));
        assertThat(client.isAnswered()).isFalse();
        bench.pass(Duration.ofNanos(1));
        bench.asked(1).sends(slice(BODY, 200, 300));
        assertThat(client.reads().received()).hasSize(300);

        bench.asked(1).sends(slice(BODY, 300, 1000));
        assertThat(client.reads().received()).hasSize(999);
        bench.settle();

        assertGets(client, BODY);
        assertPublished(bench);
    }

    @Test
    void embargoIsNotRenewedByTheNextMirror() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(WRONG, 100);
        bench.pass(EMBARGO.minusMillis(1));
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        assertThat(bench.asked(2).responds(whole(1000))).as("it starts over").isTrue();
        bench.asked(2).sends(slice(BODY, 0, 50));
        assertThat(client.isAnswered()).isFalse();
        bench.pass(Duration.ofMillis(1));

        assertThat(client.reads().received()).isEqualTo(slice(BODY, 0, 50));
    }

    @Test
    void largeFileIsHandedOnFromItsFirstByteButForItsLast() {
        DownloadBench bench = new DownloadBench(directory, 1);
        long large = (16L << 20) + 1;
        bench.list(large, FileContent.of(BODY).sha256());
        TestClient client = bench.get(PACKAGE);

        bench.asked(1).responds(whole(large));
        bench.asked(1).sends(BODY);

        assertThat(client.reads().received()).isEqualTo(BODY);
    }

    @Test
    void fileWhoseHashIsNotKnownIsHandedOnFromItsFirstByteButForItsLast() {
        DownloadBench bench = new DownloadBench(directory, 1);
        bench.list(1000, "");
        TestClient client = bench.get(PACKAGE);

        bench.lastAskedSends(WRONG, 100);
        assertThat(client.reads().received()).hasSize(100);
        bench.asked(1).sends(slice(WRONG, 100, 1000));
        assertThat(client.reads().received()).hasSize(999);
        bench.settle();

        assertGets(client, WRONG);
        bench.assertNothingIsLeft();
    }

    // Bytes of several mirrors.

    @Test
    void fileOfSeveralMirrorsIsProvenAsAWhole() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 400);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();
        assertThat(bench.asked(2).fromByte()).isEqualTo(400);

        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertPublished(bench);
    }

    @Test
    void mirrorThatSentOnlyTheRestIsNotBlamedAndAllAreAskedOnceMore() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(WRONG, 400);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();
        bench.lastAskedDelivers(BODY);

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.mirrors.reports(2)).contains("failed WRONG_LENGTH").doesNotContain("failed WRONG_CONTENT");
        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(bench.asked(3).fromByte()).isZero();
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        assertPublished(bench);
    }

    @Test
    void mirrorsThatSpoilEachOthersBytesAgainAndAgainAreGivenUp() {
        DownloadBench bench = bench(3);
        TestClient client = bench.get(PACKAGE);
        for (int request = 0; request < 200 && !client.isAnswered(); request++) {
            if (bench.client.last().request().uri().getHost().equals("m1.example")) {
                bench.lastAskedSends(WRONG, bench.client.last().fromByte() < 400 ? 400 : 1000);
                bench.client.last().fails(MirrorFailure.TRUNCATED);
                bench.settle();
            } else {
                bench.lastAskedDelivers(WRONG);
            }
            // Those who broke off are asked again after a moment.
            bench.pass(Duration.ofMillis(100));
        }

        assertThat(client.isRefused()).as("given up").isTrue();
        bench.assertNothingIsLeft();
    }

    @Test
    void leftoverWithWrongBytesIsDetectedAndTheOnlyMirrorAskedForAllOfIt() {
        DownloadBench bench = bench(1);
        bench.leave(PACKAGE, slice(WRONG, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).fromByte()).isEqualTo(600);
        bench.lastAskedDelivers(BODY);

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.mirrors.reports(1)).doesNotContain("failed WRONG_CONTENT");
        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.asked(2).fromByte()).isZero();
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertPublished(bench);
    }

    @Test
    void leftoverWithRightBytesIsProvenFromTheDisk() {
        DownloadBench bench = bench(1);
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);

        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertPublished(bench);
    }

    @Test
    void leftoverOfAnotherSizeThanTheDatabaseSaysIsNotContinued() {
        DownloadBench bench = bench(2);
        bench.leave(PACKAGE, slice(WRONG, 0, 600), 1200, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.asked(1).fromByte()).as("the mirror decides").isEqualTo(600);
        bench.asked(1).responds(Responses.rest(600, 1000));
        bench.settle();
        assertThat(bench.client.last().fromByte()).isZero();
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertPublished(bench);
    }

    @Test
    void databaseThatArrivesFirstDecidesWhatItsPackagesMustBe() {
        DownloadBench bench = new DownloadBench(directory, 2);
        TestClient database = bench.get(DATABASE);
        byte[] listing = new RepositoryDatabaseFile()
                .add("bash", "5.2-1", BODY, MODIFIED)
                .bytes();
        bench.lastAskedDeliversUnsigned(listing);
        assertGets(database, listing);
        TestClient client = bench.get(PACKAGE);

        bench.lastAskedDelivers(WRONG);
        assertThat(client.isAnswered()).isFalse();
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void packagesAreExpectedByADatabaseOfAnEarlierRunThatNobodyHasReadYet() {
        DownloadBench earlier = new DownloadBench(directory, 1);
        TestClient database = earlier.get(DATABASE);
        byte[] listing = new RepositoryDatabaseFile()
                .add("bash", "5.2-1", BODY, MODIFIED)
                .bytes();
        earlier.lastAskedDeliversUnsigned(listing);
        assertGets(database, listing);
        earlier.assertNothingIsLeft();
        DownloadBench bench = new DownloadBench(directory, 2);
        TestClient client = bench.get(PACKAGE);

        bench.lastAskedDelivers(WRONG);
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }
}
