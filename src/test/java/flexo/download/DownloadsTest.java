package flexo.download;

import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.response;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.OpenFiles;
import flexo.download.DownloadFailure.Reason;
import flexo.mirror.MirrorFailure;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests find their file, join its download, or start one. */
class DownloadsTest {
    private static final byte[] BODY = body(1000);
    private static final RepositoryPath OTHER = TestPaths.path("extra/os/x86_64/zsh-5.9-1-x86_64.pkg.tar.zst");
    private static final ContentHead HEAD = new ContentHead(BODY.length, MODIFIED);

    @TempDir
    private Path directory;

    private DownloadBench bench() {
        return new DownloadBench(directory, 2);
    }

    private static void putIntoCache(DownloadBench bench) throws IOException {
        Path file = bench.target(PACKAGE);
        Files.createDirectories(file.getParent());
        Files.write(file, BODY);
        Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
    }

    @Test
    void whoComesWhileAFileIsBeingRemovedWaitsAndHasItFetched() throws IOException {
        DownloadBench bench = bench();
        putIntoCache(bench);
        List<RepositoryPath> claimed = List.of(PACKAGE, PACKAGE.signature());
        OpenFiles.Claim claim = bench.openFiles.claim(claimed).orElseThrow();

        TestClient client = bench.get(PACKAGE);
        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.openFiles.contains(PACKAGE)).isTrue();
        Files.delete(bench.target(PACKAGE));
        claim.close();
        bench.settle();
        bench.lastAskedDelivers(BODY);

        assertThat(client.opened().origin()).isEqualTo(Opened.Origin.MISS);
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void fileIsNotRemovedWhileAClientHasIt() throws IOException {
        DownloadBench bench = bench();
        putIntoCache(bench);
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.openFiles.claim(List.of(PACKAGE.signature(), PACKAGE))).isEmpty();
        assertThat(bench.openFiles.contains(PACKAGE.signature())).isFalse();
        client.leaves();

        bench.openFiles
                .claim(List.of(PACKAGE.signature(), PACKAGE))
                .orElseThrow()
                .close();
        bench.assertNothingIsLeft();
    }

    @Test
    void fileInTheCacheIsAHitAndNoMirrorIsAsked() throws IOException {
        DownloadBench bench = bench();
        putIntoCache(bench);

        TestClient client = bench.get(PACKAGE);

        assertThat(client.opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertThat(client.content().head()).isEqualTo(HEAD);
        assertThat(client.content().wholeFile()).contains(bench.target(PACKAGE));
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertThat(bench.askedCount()).isZero();
        bench.assertNothingIsLeft();
    }

    @Test
    void fetchedFileIsAHitAfterwards() {
        DownloadBench bench = bench();
        TestClient first = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);
        first.reads().leaves();

        TestClient second = bench.get(PACKAGE);

        assertThat(second.opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertThat(second.reads().received()).isEqualTo(BODY);
        second.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void lastDownloadsThatEndedAreKeptForPeopleAndNoMore() {
        DownloadBench bench = bench();
        for (int i = 0; i < EndedDownloads.MOST + 5; i++) {
            TestClient client = bench.get(TestPaths.path("extra/os/x86_64/a-" + i + "-1-any.pkg.tar.zst"));
            bench.lastAskedDelivers(BODY);
            client.reads().leaves();
        }

        assertThat(bench.downloads.ended())
                .hasSize(EndedDownloads.MOST)
                .first()
                .satisfies(latest -> assertThat(latest.path().toString()).endsWith("/a-54-1-any.pkg.tar.zst"));
        bench.assertNothingIsLeft();
    }

    @Test
    void twentyClientsMakeOneRequest() {
        DownloadBench bench = bench();
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            clients.add(bench.get(PACKAGE));
        }
        bench.lastAskedSends(BODY, 400);
        for (int i = 0; i < 10; i++) {
            clients.add(bench.get(PACKAGE));
        }
        assertThat(bench.downloads.count()).isEqualTo(1);
        clients.forEach(TestClient::reads);
        bench.asked(1).sends(slice(BODY, 400, 1000));
        bench.asked(1).ends();
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(clients.get(0).opened().origin()).isEqualTo(Opened.Origin.MISS);
        for (TestClient client : clients.subList(1, 20)) {
            assertThat(client.opened().origin()).isEqualTo(Opened.Origin.JOINED);
        }
        for (TestClient client : clients) {
            assertThat(client.reads().received()).isEqualTo(BODY);
            client.leaves();
        }
        bench.assertNothingIsLeft();
    }

    @Test
    void joinerBetweenTheLastByteAndItsProofWaitsForTheLastByte() {
        DownloadBench bench = bench();
        TestClient first = bench.get(PACKAGE);
        bench.asked(1).responds(whole(1000));
        bench.asked(1).sends(BODY);
        bench.asked(1).ends();

        TestClient joiner = bench.getUnsettled(PACKAGE);

        assertThat(joiner.opened().origin()).isEqualTo(Opened.Origin.JOINED);
        assertThat(joiner.reads().received()).isEqualTo(slice(BODY, 0, 999));
        bench.settle();
        assertThat(joiner.wakeUps()).isEqualTo(1);
        assertThat(joiner.reads().received()).isEqualTo(BODY);
        first.leaves();
        joiner.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void joinerBetweenTheProofAndThePublicationIsAHit() throws IOException {
        DownloadBench bench = bench();
        TestClient first = bench.get(PACKAGE);
        bench.asked(1).responds(whole(1000));
        bench.asked(1).sends(BODY);
        bench.asked(1).ends();
        List<TestClient> joiners = new ArrayList<>();
        // Woken when the last byte is released, before the file has its name.
        assertThat(first.content().read(999, ByteBuffer.allocate(1), () -> {
                    assertThat(bench.target(PACKAGE)).doesNotExist();
                    joiners.add(bench.getUnsettled(PACKAGE));
                }))
                .isZero();

        bench.settle();

        assertThat(joiners).hasSize(1);
        assertThat(joiners.get(0).opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertThat(joiners.get(0).reads().received()).isEqualTo(BODY);
        first.leaves();
        joiners.get(0).leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void everyJoinerLearnsOfTheFailure() {
        DownloadBench bench = bench();
        TestClient first = bench.get(PACKAGE);
        TestClient second = bench.get(PACKAGE);
        bench.asked(1).responds(status(404));
        bench.settle();
        bench.asked(2).responds(status(404));
        bench.settle();

        assertThat(first.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(second.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void mirrorThatRefusesWhatNobodyHasListedIsNotBlamed() {
        DownloadBench bench = bench();
        TestClient client = bench.get(TestPaths.path("pool/packages"));
        for (int mirror = 1; mirror <= 2; mirror++) {
            bench.asked(mirror).responds(status(403));
            bench.settle();
        }

        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(bench.mirrors.reports(1)).containsExactly("failed NOT_FOUND", "closed");
    }

    @Test
    void mirrorThatRefusesAPackageThatItsDatabaseListsIsBlamed() {
        DownloadBench bench = bench();
        bench.list(BODY.length, "");
        bench.get(PACKAGE);

        bench.asked(1).responds(status(403));
        bench.settle();

        assertThat(bench.mirrors.reports(1)).containsExactly("failed BAD_STATUS", "closed");
    }

    @Test
    void requestAfterAFailureStartsAfresh() {
        DownloadBench bench = bench();
        bench.get(PACKAGE);
        for (int mirror = 1; mirror <= 2; mirror++) {
            bench.asked(mirror).fails(MirrorFailure.UNREACHABLE);
            bench.settle();
        }

        TestClient second = bench.get(PACKAGE);

        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(bench.asked(3).request().uri()).hasHost("m1.example");
        bench.lastAskedDelivers(BODY);
        assertThat(second.opened().origin()).isEqualTo(Opened.Origin.MISS);
        assertThat(second.reads().received()).isEqualTo(BODY);
    }

    @Test
    void differentFilesAreDifferentDownloads() {
        DownloadBench bench = bench();
        bench.get(PACKAGE);
        bench.get(OTHER);

        assertThat(bench.downloads.count()).isEqualTo(2);
        assertThat(bench.askedCount()).isEqualTo(2);
    }

    @Test
    void fileThatIsPublishedBetweenTheFirstLookAndTheStartIsAHit() {
        DownloadBench bench = bench();
        TestClient first = bench.get(PACKAGE);
        bench.asked(1).responds(whole(1000));
        bench.asked(1).sends(BODY);
        bench.asked(1).ends();
        // The first look finds nothing; then the download publishes, and leaves.
        bench.afterNextLook(bench::settle);

        TestClient second = bench.getUnsettled(PACKAGE);

        assertThat(second.opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertThat(second.reads().received()).isEqualTo(BODY);
        assertThat(bench.askedCount()).isEqualTo(1);
        first.leaves();
        second.leaves();
        bench.assertNothingIsLeft();
    }

    // HEAD.

    @Test
    void headIsAskedWithoutABody() {
        DownloadBench bench = bench();
        TestClient client = bench.head(PACKAGE);
        assertThat(bench.asked(1).request().headOnly()).isTrue();

        bench.asked(1).responds(whole(1000));
        bench.asked(1).ends();
        bench.settle();

        assertThat(client.content().head()).isEqualTo(HEAD);
        assertThat(client.opened().origin()).isEqualTo(Opened.Origin.MISS);
        client.leaves();
        assertThat(bench.mirrors.reports(1))
                .containsExactly("first byte after 0 ms", "delivered 0 bytes in 0 ms", "closed");
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void headOfACachedFileIsAHit() throws IOException {
        DownloadBench bench = bench();
        putIntoCache(bench);

        assertThat(bench.head(PACKAGE).opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertThat(bench.askedCount()).isZero();
    }

    @Test
    void headJoinsARunningDownloadOfTheBody() {
        DownloadBench bench = bench();
        TestClient body = bench.get(PACKAGE);
        TestClient head = bench.head(PACKAGE);
        assertThat(head.isAnswered()).isFalse();

        bench.lastAskedSends(BODY, 1);

        assertThat(head.opened().origin()).isEqualTo(Opened.Origin.JOINED);
        assertThat(head.content().head()).isEqualTo(HEAD);
        head.leaves();
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.asked(1).sends(slice(BODY, 1, 1000));
        bench.asked(1).ends();
        bench.settle();
        body.reads().leaves();
        assertThat(body.received()).isEqualTo(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void bodyDoesNotJoinADownloadOfTheHead() {
        DownloadBench bench = bench();
        bench.head(PACKAGE);
        bench.get(PACKAGE);

        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.asked(2).request().headOnly()).isFalse();
    }

    @Test
    void headsOfOneFileMakeOneRequest() {
        DownloadBench bench = bench();
        TestClient first = bench.head(PACKAGE);
        TestClient second = bench.head(PACKAGE);
        bench.asked(1).responds(whole(1000));

        assertThat(second.content().head()).isEqualTo(HEAD);
        TestClient third = bench.head(PACKAGE);
        assertThat(third.opened().origin()).isEqualTo(Opened.Origin.JOINED);
        assertThat(bench.askedCount()).isEqualTo(1);
        first.leaves();
        second.leaves();
        third.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatAnswersNoHeadIsLeftForTheNext() {
        DownloadBench bench = bench();
        TestClient client = bench.head(PACKAGE);
        bench.asked(1).responds(status(405));
        bench.settle();

        bench.asked(2).responds(whole(1000));
        bench.settle();

        assertThat(client.content().head()).isEqualTo(HEAD);
        assertThat(bench.mirrors.reports(1)).containsExactly("failed RANGE_IGNORED", "closed");
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void headWithoutALengthIsHandedOn() {
        DownloadBench bench = bench();
        TestClient client = bench.head(PACKAGE);

        bench.asked(1).responds(response(200, OptionalLong.empty(), Optional.empty()));
        bench.settle();

        assertThat(client.content().head().isLengthKnown()).isFalse();
    }

    // The end.

    @Test
    void closeEndsAllDownloads() {
        DownloadBench bench = bench();
        TestClient body = bench.get(PACKAGE);
        TestClient head = bench.head(OTHER);

        bench.downloads.close();
        bench.settle();

        assertThat(body.refusal().reason()).isEqualTo(Reason.ABANDONED);
        assertThat(head.refusal().reason()).isEqualTo(Reason.ABANDONED);
        assertThat(body.refusal().message()).contains(PACKAGE.toString(), "stopped");
        bench.assertNothingIsLeft();
    }

    @Test
    void packagesAndImagesThatWereCachedAreToldWithTheirSizes() {
        DownloadBench bench = new DownloadBench(directory, 1);
        RepositoryPath image = TestPaths.path("iso/latest/archlinux-x86_64.iso");
        for (RepositoryPath file : List.of(PACKAGE, image)) {
            TestClient client = bench.get(file);
            bench.lastAskedDelivers(BODY);
            TestClient.assertGets(client, BODY);
        }

        assertThat(bench.cached)
                .containsOnly(Map.entry(PACKAGE, (long) BODY.length), Map.entry(image, (long) BODY.length));
    }

    @Test
    void closedDownloadsRefuseNewOnesButServeWhatIsCached() throws IOException {
        DownloadBench bench = bench();
        putIntoCache(bench);
        bench.downloads.close();

        assertThat(bench.get(PACKAGE).opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertThat(bench.get(OTHER).refusal().reason()).isEqualTo(Reason.ABANDONED);
        assertThat(bench.askedCount()).isZero();
    }

    @Test
    void downloadThatStartsWhileAllAreClosedIsEndedToo() {
        DownloadBench bench = bench();
        bench.whileNextDownloadIsCreated(bench.downloads::close);

        TestClient client = bench.get(PACKAGE);

        assertThat(client.refusal().reason()).isEqualTo(Reason.ABANDONED);
        assertThat(bench.askedCount()).isZero();
        bench.assertNothingIsLeft();
    }
}
