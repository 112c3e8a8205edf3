package flexo.download;

import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.signature;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.download.AheadSource.Ahead;
import flexo.download.AheadSource.End;
import flexo.testing.TestPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that no client has asked for yet. */
class AheadTest {
    private static final byte[] BODY = body(1000);
    private static final RepositoryPath OTHER = TestPaths.path("extra/os/x86_64/zsh-5.9-1-x86_64.pkg.tar.zst");

    @TempDir
    private Path directory;

    /** How often it was told to look whether clients wait. */
    private int looks;

    private static CompletionStage<Ahead> fetch(DownloadBench bench, RepositoryPath path) {
        CompletionStage<Ahead> ahead = bench.downloads.fetchAhead(path, true);
        bench.settle();
        return ahead;
    }

    private static Ahead ended(CompletionStage<Ahead> ahead) {
        assertThat(ahead).isCompleted();
        return ahead.toCompletableFuture().join();
    }

    @Test
    void packageIsInTheCacheWithItsSignature() {
        DownloadBench bench = DownloadBench.withSignatures(directory, 1);
        CompletionStage<Ahead> ahead = fetch(bench, PACKAGE);

        bench.asked(1).responds(whole(BODY.length));
        bench.asked(1).sends(BODY);
        bench.settle();
        assertThat(ahead).as("without its signature").isNotCompleted();
        bench.lastAskedDelivers(signature(BODY, 100));

        assertThat(ended(ahead)).isEqualTo(new Ahead(End.FETCHED, BODY.length, ""));
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        assertThat(bench.target(PACKAGE.signature())).hasBinaryContent(signature(BODY, 100));
        assertThat(bench.used).as("no client has used it").isEmpty();
        assertThat(ended(fetch(bench, PACKAGE)).end()).isEqualTo(End.PRESENT);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatNoMirrorHasIsMissing() {
        DownloadBench bench = new DownloadBench(directory, 1);
        CompletionStage<Ahead> ahead = fetch(bench, PACKAGE);

        bench.lastAskedHasNone();

        assertThat(ended(ahead).end()).isEqualTo(End.MISSING);
        assertThat(ended(ahead).why()).contains("bash-5.2-1");
        bench.assertNothingIsLeft();
    }

    /** Who minds clients would else be held up after each file by itself. */
    @Test
    void fileThatNoClientWantsIsNoReasonToLookWhetherClientsWait() {
        DownloadBench bench = DownloadBench.withSignatures(directory, 1);
        bench.downloads.whenClientsChange(() -> looks++);
        CompletionStage<Ahead> ahead = fetch(bench, PACKAGE);
        bench.lastAskedDelivers(BODY);
        bench.lastAskedDelivers(signature(BODY, 100));

        assertThat(ended(ahead).end()).isEqualTo(End.FETCHED);
        assertThat(looks).isZero();
    }

    @Test
    void clientWhoJoinsASlowDownloadHasTheRestRequestedAtFullSpeed() {
        DownloadBench bench = new DownloadBench(directory, 1);
        CompletionStage<Ahead> ahead = fetch(bench, PACKAGE);
        bench.lastAskedSends(BODY, 400);
        assertThat(bench.client.last().request().slowly()).isTrue();

        TestClient client = bench.get(PACKAGE);
        bench.settle();

        assertThat(client.opened().origin()).isEqualTo(Opened.Origin.JOINED);
        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.asked(2).request().fromByte()).isEqualTo(400);
        assertThat(bench.asked(2).request().slowly()).isFalse();
        assertThat(bench.mirrors.reports(1)).noneMatch(report -> report.startsWith("failed"));
        bench.downloads.interrupt(PACKAGE);
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(ended(ahead).end()).isEqualTo(End.FETCHED);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void clientsOwnDownloadIsNeverSlow() {
        DownloadBench bench = new DownloadBench(directory, 1);

        TestClient client = bench.get(PACKAGE);
        CompletionStage<Ahead> ahead = fetch(bench, PACKAGE);

        assertThat(bench.asked(1).request().slowly()).isFalse();
        bench.downloads.interrupt(PACKAGE);
        bench.lastAskedDelivers(BODY);
        assertThat(ended(ahead).end()).isEqualTo(End.FETCHED);
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void whatWasFetchedBeforeAnInterruptionIsContinued() {
        DownloadBench bench = new DownloadBench(directory, 1);
        CompletionStage<Ahead> first = fetch(bench, PACKAGE);
        bench.lastAskedSends(BODY, 400);

        bench.downloads.interrupt(PACKAGE);
        bench.settle();

        assertThat(ended(first).end()).isEqualTo(End.INTERRUPTED);
        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(1)).noneMatch(report -> report.startsWith("failed"));
        CompletionStage<Ahead> second = fetch(bench, PACKAGE);
        assertThat(bench.client.last().fromByte()).isEqualTo(400);
        bench.lastAskedDelivers(BODY);
        assertThat(ended(second).end()).isEqualTo(End.FETCHED);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void clientWhoAsksInTheMomentOfAnInterruptionGetsTheFile() {
        DownloadBench bench = new DownloadBench(directory, 1);
        CompletionStage<Ahead> ahead = bench.downloads.fetchAhead(PACKAGE, true);

        // Its first step waits for its turn, and will find that it was given up.
        bench.downloads.interrupt(PACKAGE);
        TestClient client = bench.getUnsettled(PACKAGE);
        assertThat(client.isAnswered()).isFalse();
        CompletionStage<Ahead> again = bench.downloads.fetchAhead(PACKAGE, true);
        bench.settle();

        assertThat(ended(ahead).end()).isEqualTo(End.INTERRUPTED);
        assertThat(ended(again).end()).isEqualTo(End.INTERRUPTED);
        bench.lastAskedDelivers(BODY);
        assertThat(client.opened().origin()).isEqualTo(Opened.Origin.MISS);
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void clientsWaitWhileTheirFilesAreOnTheirWay() {
        DownloadBench bench = new DownloadBench(directory, 1);
        bench.downloads.whenClientsChange(() -> looks++);
        fetch(bench, PACKAGE);
        assertThat(bench.downloads.clientsWait()).isFalse();
        assertThat(looks).isZero();

        TestClient client = bench.get(OTHER);
        assertThat(bench.downloads.clientsWait()).isTrue();
        assertThat(looks).isEqualTo(1);
        bench.lastAskedDelivers(BODY);
        assertThat(bench.downloads.clientsWait()).isFalse();
        assertThat(looks).isEqualTo(2);

        TestClient joiner = bench.getUnsettled(PACKAGE);
        assertThat(bench.downloads.clientsWait()).isTrue();
        assertThat(looks).isEqualTo(3);
        bench.settle();
        bench.downloads.close();
        bench.settle();
        assertThat(joiner.isRefused()).isTrue();
        client.reads().leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void slownessOfOurOwnMakingIsNotTheMirrors() {
        DownloadBench bench = new DownloadBench(directory, 2, 1000);
        byte[] large = body(20_000);
        fetch(bench, PACKAGE);
        bench.lastAskedSends(large, 100);
        for (int second = 0; second < 10; second++) {
            bench.pass(Duration.ofSeconds(1));
            bench.client.last().sends(DownloadBench.slice(large, 100 + second, 101 + second));
        }
        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(bench.running.count()).as("shares the line with nobody").isZero();

        TestClient client = bench.get(PACKAGE);
        bench.settle();
        bench.lastAskedSends(large, 200);
        assertThat(bench.running.count()).isEqualTo(1);
        bench.pass(DownloadBench.LOW_SPEED_TIME.plusSeconds(1));

        assertThat(bench.askedCount()).as("slow for a client").isEqualTo(3);
        bench.lastAskedDelivers(large);
        assertThat(client.reads().received()).isEqualTo(large);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void nothingIsLearnedOfTheSpeedOfAMirrorThatIsHeldBack() {
        DownloadBench bench = new DownloadBench(directory, 1);
        fetch(bench, PACKAGE);
        bench.lastAskedSends(BODY, 1);
        bench.pass(Duration.ofSeconds(1));
        bench.client.last().sends(DownloadBench.slice(BODY, 1, 1000));
        bench.settle();

        assertThat(bench.mirrors.reports(1)).contains("delivered 0 bytes in 0 ms");
        bench.assertNothingIsLeft();
    }

    @Test
    void endOfTheApplicationInterruptsAndKeepsWhatIsThere() {
        DownloadBench bench = new DownloadBench(directory, 1);
        CompletionStage<Ahead> ahead = fetch(bench, PACKAGE);
        bench.lastAskedSends(BODY, 400);

        bench.downloads.close();
        bench.settle();

        assertThat(ended(ahead).end()).isEqualTo(End.INTERRUPTED);
        assertThat(ended(fetch(bench, PACKAGE)).end()).isEqualTo(End.INTERRUPTED);
        assertThat(Files.exists(bench.part(PACKAGE))).isTrue();
        bench.assertNothingIsLeft();
    }
}
