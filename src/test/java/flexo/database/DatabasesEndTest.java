package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.SIGNATURE;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.DATABASE_SIGNATURE;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadBench;
import flexo.download.DownloadFailure.Reason;
import flexo.download.Responses;
import flexo.download.TestClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of all databases, whatever is just under way. */
class DatabasesEndTest {
    private static final Reason ENDED = Reason.ABANDONED;

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    /** What an earlier run leaves. */
    private void earlierRunFetches(byte[] database) {
        DownloadBench.earlierRunFetches(directory, database, SIGNATURE);
    }

    @Test
    void endWhileAMirrorIsAskedIsTheAnswer() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);

        bench.databases.close();
        bench.settle();

        assertThat(client.refusal().reason()).isEqualTo(ENDED);
        assertThat(bench.asked(1).isCancelled()).isTrue();
        bench.assertNothingIsLeft();
        assertThat(bench.fileNames()).containsExactly(".core.db.generation", "core.db", "core.db.sig", "databases");
    }

    @Test
    void endInTheBodyCutsTheClientsAndLeavesNothing() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedSends(FIRST, 100);
        bench.pass(Duration.ofMillis(1500));
        bench.asked(1).sends(slice(FIRST, 100, 200));

        bench.databases.close();
        bench.settle();

        assertThat(client.reads().cutBecause().reason()).isEqualTo(ENDED);
        client.leaves();
        bench.assertNothingIsLeft();
        assertThat(bench.fileNames()).isEmpty();
    }

    @Test
    void endWhileTheSignatureIsAskedForLeavesNothing() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);

        bench.databases.close();
        bench.settle();

        assertThat(client.refusal().reason()).isEqualTo(ENDED);
        assertThat(bench.fileNames()).isEmpty();
        bench.lastAskedDelivers(SIGNATURE);
        bench.assertNothingIsLeft();
        assertThat(bench.fileNames()).isEmpty();
    }

    @Test
    void endBetweenTheMirrorsAnswerAndOursIsTheAnswer() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.client.last().responds(Responses.status(304));

        bench.databases.close();
        bench.settle();

        assertThat(client.refusal().reason()).isEqualTo(ENDED);
        bench.assertNothingIsLeft();
    }

    @Test
    void endWhileANewGenerationIsPublishedLeavesNoFileOpen() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);
        bench.client.last().responds(Responses.status(404));
        bench.atNextTimeOfDay(bench.databases::close);

        bench.settle();

        if (!client.isRefused()) {
            client.leaves();
        }
        assertThat(bench.openFiles()).isEmpty();
        assertThat(bench.fileNames()).contains("core.db");
        bench.assertNothingIsLeft();
    }

    @Test
    void afterTheEndNothingIsOpenedAndNobodyAsked() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);
        bench.databases.close();

        assertThat(bench.get(DATABASE).refusal().reason()).isEqualTo(ENDED);
        assertThat(bench.get(DATABASE_SIGNATURE, OTHER_CLIENT).refusal().reason())
                .isEqualTo(ENDED);
        bench.databases.refresh();
        bench.settle();
        assertThat(bench.askedCount()).isZero();
        bench.assertNothingIsLeft();
    }

    @Test
    void requestThatOverlapsTheEndIsEndedToo() {
        DownloadBench bench = bench(1);
        bench.atNextTimeOfDay(bench.databases::close);

        TestClient client = bench.get(DATABASE);

        assertThat(client.refusal().reason()).isEqualTo(ENDED);
        assertThat(bench.askedCount()).isZero();
        bench.assertNothingIsLeft();
    }

    @Test
    void readersReadOnAfterTheEnd() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedHasNothingNew();

        bench.databases.close();

        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }
}
