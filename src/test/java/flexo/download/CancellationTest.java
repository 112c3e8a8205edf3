package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadFailure.Reason;
import flexo.mirror.MirrorFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download may be ended at any moment; nothing of it stays but what was fetched. */
class CancellationTest {
    private static final byte[] BODY = body(1000);

    @TempDir
    private Path directory;

    private DownloadBench bench() {
        return new DownloadBench(directory, 3);
    }

    private static void assertEnded(DownloadBench bench, TestClient client) {
        bench.settle();
        assertThat(client.refusal().reason()).isEqualTo(Reason.ABANDONED);
        bench.assertNothingIsLeft();
    }

    @Test
    void endBeforeTheFirstStep() {
        DownloadBench bench = bench();
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.getUnsettled(PACKAGE);

        bench.downloads.close();

        assertEnded(bench, client);
        assertThat(bench.askedCount()).isZero();
    }

    @Test
    void endBetweenTheChoiceOfTheMirrorAndTheRequest() {
        DownloadBench bench = bench();
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.getUnsettled(PACKAGE);
        assertThat(bench.storage.runOne()).isTrue();
        assertThat(bench.connecting.pending()).isEqualTo(1);

        bench.downloads.close();

        assertThat(bench.timer.pending()).isZero();
        assertEnded(bench, client);
        assertThat(bench.askedCount()).isZero();
    }

    @Test
    void endWhileTheMirrorIsAsked() {
        DownloadBench bench = bench();
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);

        bench.downloads.close();

        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertEnded(bench, client);
        assertThat(bench.part(PACKAGE)).hasBinaryContent(slice(BODY, 0, 600));
    }

    @Test
    void endBetweenHeadAndBody() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).responds(whole(1000));

        bench.downloads.close();

        bench.asked(1).sends(BODY);
        bench.asked(1).ends();
        assertEnded(bench, client);
        assertThat(bench.fileNames()).isEmpty();
    }

    @Test
    void endInTheBodyKeepsWhatWasFetched() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 400);
        client.reads();

        bench.downloads.close();
        bench.asked(1).sends(slice(BODY, 400, 1000));
        bench.asked(1).ends();
        bench.settle();

        assertThat(client.wakeUps()).isEqualTo(1);
        assertThat(client.reads().cutBecause().reason()).isEqualTo(Reason.ABANDONED);
        client.leaves();
        bench.assertNothingIsLeft();
        assertThat(bench.part(PACKAGE)).hasBinaryContent(slice(BODY, 0, 400));
    }

    @Test
    void endBetweenTwoMirrors() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).fails(MirrorFailure.UNREACHABLE);
        assertThat(bench.storage.pending()).isEqualTo(1);

        bench.downloads.close();

        assertEnded(bench, client);
        assertThat(bench.askedCount()).isEqualTo(1);
    }

    @Test
    void endWhileTwoMirrorsAreAsked() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.pass(Duration.ofMillis(2500));
        assertThat(bench.askedCount()).isEqualTo(2);

        bench.downloads.close();

        assertEnded(bench, client);
        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.asked(2).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(2)).containsExactly("closed");
    }

    @Test
    void endBetweenAStaleConnectionAndTheSecondRequest() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).findsItsConnectionStale();

        bench.downloads.close();

        assertEnded(bench, client);
        assertThat(bench.askedCount()).isEqualTo(1);
    }

    @Test
    void endBetweenTheLastByteAndItsProofCutsTheClientsAndKeepsWhatWasFetched() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 999);
        bench.asked(1).sends(slice(BODY, 999, 1000));
        bench.asked(1).ends();

        bench.downloads.close();
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(slice(BODY, 0, 999));
        assertThat(client.cutBecause().reason()).isEqualTo(Reason.ABANDONED);
        client.leaves();
        bench.assertNothingIsLeft();
        assertThat(bench.target(PACKAGE)).doesNotExist();
        assertThat(bench.part(PACKAGE)).hasBinaryContent(BODY);

        DownloadBench later = bench();
        TestClient next = later.get(PACKAGE);
        assertThat(later.asked(1).fromByte()).isEqualTo(999);
        later.lastAskedDelivers(BODY);
        assertThat(next.reads().received()).isEqualTo(BODY);
        next.leaves();
        later.assertNothingIsLeft();
    }

    @Test
    void endAfterTheProofComesTooLate() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);

        bench.downloads.close();
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
    }

    @Test
    void endTwiceIsTheSameAsOnce() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);

        bench.downloads.close();
        bench.downloads.close();

        assertEnded(bench, client);
    }

    @Test
    void cancelThatOvertakesTheStartArmsNoDeadline() {
        DownloadBench bench = bench();
        Download download = new Download(PACKAGE);
        RecordedMirrors.Lease lease =
                (RecordedMirrors.Lease) bench.mirrors.next(PACKAGE, Set.of()).orElseThrow();
        Fetch fetch = new Fetch(
                bench.context, download, new PlainPolicy(PACKAGE, null, Optional.empty(), bytes -> {}), false);
        Race race = new Race(
                fetch,
                new PartWriter(fetch),
                new MirrorChoice(bench.context, PACKAGE, Optional.empty()),
                new Attempts(mirror -> false),
                (ended, outcome) -> {
                    throw new AssertionError("told " + outcome);
                });

        assertThat(race.cancel()).isTrue();
        race.start(lease);
        bench.settle();

        assertThat(bench.timer.pending()).isZero();
        assertThat(bench.askedCount()).isZero();
        assertThat(lease.reports()).containsExactly("closed");
        assertThat(race.cancel()).isFalse();
    }

    // Downloads nobody reads any more.

    @Test
    void databaseIsFetchedForTheNextClientThoughNobodyReads() {
        DownloadBench bench = bench();
        byte[] database = database("1");
        TestClient client = bench.get(DATABASE);
        bench.lastAskedSends(database, 300);
        bench.pass(Duration.ofMillis(1500));
        bench.asked(1).sends(slice(database, 300, 400));
        client.leaves();

        assertThat(bench.asked(1).isCancelled()).isFalse();
        bench.asked(1).sends(slice(database, 400, database.length));
        bench.settle();
        bench.lastAskedHasNone();

        assertThat(bench.target(DATABASE)).hasBinaryContent(database);
        assertThat(bench.get(DATABASE).opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertThat(bench.askedCount()).isEqualTo(2);
    }

    @Test
    void packageIsFetchedForTheNextClientThoughNobodyReads() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 400);
        client.leaves();

        bench.asked(1).sends(slice(BODY, 400, 1000));
        bench.asked(1).ends();
        bench.settle();

        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }
}
