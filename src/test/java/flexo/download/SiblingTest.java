package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.DATABASE_SIGNATURE;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.download.DownloadFailure.Reason;
import flexo.testing.FileContent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other nodes are asked for what they have, and are told what is here. */
class SiblingTest {
    private static final byte[] BODY = body(300_000);

    @TempDir
    private Path directory;

    private DownloadBench bench(int siblings, int mirrors) {
        DownloadBench bench = new DownloadBench(directory, mirrors);
        bench.mirrors.haveSiblings(siblings);
        return bench;
    }

    private static void lastAskedHasNotCachedIt(DownloadBench bench) {
        assertThat(bench.client.last().responds(status(504))).isFalse();
        bench.settle();
    }

    private static String host(DownloadBench bench, int nth) {
        return bench.asked(nth).request().uri().getHost();
    }

    // Asking.

    @Test
    void nodeThatHasTheFileSparesTheMirrors() {
        DownloadBench bench = bench(2, 1);
        TestClient client = bench.get(PACKAGE);
        lastAskedHasNotCachedIt(bench);

        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertThat(host(bench, 1)).isEqualTo("n1.example");
        assertThat(host(bench, 2)).isEqualTo("n2.example");
        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.mirrors.reports(1)).containsExactly("failed NOT_CACHED", "closed");
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void onlyNodesAreAskedForWhatTheyHaveAlone() {
        DownloadBench bench = bench(1, 1);
        TestClient client = bench.get(PACKAGE);
        lastAskedHasNotCachedIt(bench);
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertThat(bench.asked(1).request().onlyIfCached()).isTrue();
        assertThat(bench.asked(2).request().onlyIfCached()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 504})
    void whatNodesSayDoesNotChangeThatEveryMirrorLacksTheFile(int status) {
        DownloadBench bench = bench(1, 2);
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.client.last().responds(status(status))).isFalse();
        bench.settle();
        bench.lastAskedHasNone();
        bench.lastAskedHasNone();

        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(client.refusal().message())
                .contains("m1.example", "m2.example")
                .doesNotContain("n1.example");
        bench.assertNothingIsLeft();
    }

    @Test
    void nodeThatCannotBeReachedDoesNotMakeAMissingFileAnError() {
        DownloadBench bench = bench(1, 1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedFails();
        bench.lastAskedHasNone();

        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        bench.assertNothingIsLeft();
    }

    @Test
    void silentNodeCostsLessThanASecondAndIsLeftAloneThen() {
        DownloadBench bench = bench(1, 1);
        TestClient client = bench.get(PACKAGE);

        bench.pass(Duration.ofMillis(799));
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.pass(Duration.ofMillis(1));
        assertThat(host(bench, 2)).isEqualTo("m1.example");
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertThat(bench.mirrors.reports(1)).containsExactly("failed STALLED", "closed");
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorIsWaitedForAsLongAsEver() {
        DownloadBench bench = bench(1, 2);
        bench.get(PACKAGE);
        lastAskedHasNotCachedIt(bench);

        bench.pass(Duration.ofMillis(2499));
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.askedCount()).isEqualTo(3);
    }

    @Test
    void whatArrivesSlowlyAtANodeIsWaitedFor() {
        DownloadBench bench = bench(1, 2);
        bench.othersGive(10_000_000);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 1000);
        assertThat(bench.running.count()).as("transfers that share the line").isZero();

        for (int at = 1000; at < 20_000; at += 1000) {
            bench.pass(Duration.ofSeconds(1));
            bench.client.last().sends(slice(BODY, at, at + 1000));
            bench.settle();
        }

        assertThat(bench.askedCount()).isEqualTo(1);
        bench.client.last().sends(slice(BODY, 20_000, BODY.length));
        bench.settle();
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorContinuesWhatANodeBreaksOff() {
        DownloadBench bench = bench(1, 1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 100_000);
        client.reads();

        bench.lastAskedFails();

        assertThat(host(bench, 2)).isEqualTo("m1.example");
        assertThat(bench.asked(2).fromByte()).isEqualTo(100_000);
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void wrongPackageOfANodeIsFoundOutAndFetchedFromAMirror() {
        DownloadBench bench = bench(1, 1);
        bench.list(BODY.length, FileContent.of(BODY).sha256());
        TestClient client = bench.get(PACKAGE);
        byte[] rotten = BODY.clone();
        rotten[7]++;

        bench.lastAskedDelivers(rotten);
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertThat(bench.mirrors.reports(1)).contains("failed WRONG_CONTENT");
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureComesFromTheNodeThatGaveThePackage() {
        DownloadBench bench = DownloadBench.withSignatures(directory, 1);
        bench.mirrors.haveSiblings(2);
        TestClient client = bench.get(PACKAGE);
        lastAskedHasNotCachedIt(bench);
        ScriptedMirrors.Asked node = bench.asked(2);
        node.responds(whole(BODY.length));
        node.sends(slice(BODY, 0, 1000));
        bench.settle();

        assertThat(bench.request(3))
                .isEqualTo("n2.example " + PACKAGE.signature().fileName());
        assertThat(bench.asked(3).request().onlyIfCached()).isTrue();
        client.leaves();
    }

    // Being asked.

    private static TestClient asNode(DownloadBench bench, RepositoryPath path) throws IOException {
        TestClient node = new TestClient(bench.files.openCached(path, OTHER_CLIENT));
        bench.settle();
        return node;
    }

    @Test
    void nodeIsGivenWhatIsCached() throws IOException {
        DownloadBench bench = bench(1, 1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        bench.used.clear();

        TestClient node = asNode(bench, PACKAGE);

        assertThat(node.opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertGets(node, BODY);
        assertThat(bench.used).as("no client has asked").isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void nobodyIsAskedForWhatIsNotHere() throws IOException {
        DownloadBench bench = bench(1, 1);

        assertThat(asNode(bench, PACKAGE).refusal().reason()).isEqualTo(Reason.NOT_CACHED);
        assertThat(asNode(bench, PACKAGE.signature()).refusal().reason()).isEqualTo(Reason.NOT_CACHED);

        assertThat(bench.askedCount()).isZero();
        bench.assertNothingIsLeft();
    }

    @Test
    void nodeJoinsADownloadOnceItsHeadIsKnown() throws IOException {
        DownloadBench bench = bench(0, 1);
        TestClient client = bench.get(PACKAGE);
        assertThat(asNode(bench, PACKAGE).refusal().reason()).isEqualTo(Reason.NOT_CACHED);
        bench.lastAskedSends(BODY, 100_000);

        TestClient node = asNode(bench, PACKAGE);

        assertThat(node.opened().origin()).isEqualTo(Opened.Origin.JOINED);
        assertThat(node.reads().received()).isEqualTo(slice(BODY, 0, 100_000));
        bench.client.last().sends(slice(BODY, 100_000, BODY.length));
        bench.settle();
        assertGets(node, BODY);
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void nodeFindsAFileWhoseDownloadHasJustLeft() throws IOException {
        DownloadBench bench = bench(0, 1);
        TestClient client = bench.get(PACKAGE);
        bench.afterNextLook(() -> {
            bench.lastAskedDelivers(BODY);
            assertGets(client, BODY);
        });

        TestClient node = asNode(bench, PACKAGE);

        assertGets(node, BODY);
        bench.assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void databasesAreNotGivenToNodes(boolean signature) throws IOException {
        DownloadBench bench = bench(0, 1).haveDatabase(DownloadBench.database("a"));
        int asked = bench.askedCount();

        TestClient node = asNode(bench, signature ? DATABASE_SIGNATURE : DATABASE);

        assertThat(node.refusal().reason()).isEqualTo(Reason.NOT_CACHED);
        assertThat(bench.askedCount()).isEqualTo(asked);
    }
}
