package flexo.download;

import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadFailure.Reason;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that every mirror has said it does not have may be somewhere else. */
class LastResortTest {
    private static final byte[] BODY = body(1000);
    private static final Duration PATIENCE = Duration.ofMillis(8500);

    @TempDir
    private Path directory;

    private DownloadBench bench() {
        DownloadBench bench = new DownloadBench(directory, 2);
        bench.mirrors.haveLastResort();
        return bench;
    }

    private static TestClient askInVain(DownloadBench bench) {
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedHasNone();
        bench.lastAskedHasNone();
        assertThat(bench.asked(3).request().uri().getHost()).isEqualTo("pool.example");
        assertThat(client.isAnswered()).isFalse();
        return client;
    }

    private static void assertNotFound(DownloadBench bench, TestClient client) {
        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(client.refusal().message())
                .contains("m1.example", "m2.example")
                .doesNotContain("pool");
        bench.assertNothingIsLeft();
    }

    @Test
    void itIsAskedWhenEveryMirrorHasSaidNo() {
        DownloadBench bench = bench();
        TestClient client = askInVain(bench);

        bench.lastAskedDelivers(BODY);

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void ifItHasNotGotTheFileEitherTheAnswerIsTheMirrors() {
        DownloadBench bench = bench();
        TestClient client = askInVain(bench);

        bench.lastAskedHasNone();

        assertNotFound(bench, client);
        assertThat(bench.askedCount()).as("it is asked once").isEqualTo(3);
    }

    @Test
    void ifItCannotBeReachedTheAnswerIsTheMirrors() {
        DownloadBench bench = bench();
        TestClient client = askInVain(bench);

        bench.lastAskedFails();

        assertNotFound(bench, client);
    }

    @Test
    void ifItIsSilentTheAnswerComesWithinThePatienceOfTheClient() {
        DownloadBench bench = bench();
        TestClient client = askInVain(bench);

        bench.pass(PATIENCE);

        assertNotFound(bench, client);
        assertThat(bench.mirrors.reports(3)).containsExactly("failed STALLED", "closed");
    }

    @Test
    void whatItBreaksOffIsKeptForTheNextDownload() {
        DownloadBench bench = bench();
        TestClient client = askInVain(bench);
        bench.lastAskedSends(BODY, 600);
        client.reads();

        bench.lastAskedFails();

        assertThat(client.reads().isCut()).isTrue();
        client.leaves();
        assertThat(bench.part(PACKAGE)).exists();
        bench.assertNothingIsLeft();
    }

    @Test
    void itIsNotAskedIfSomeMirrorDidNotAnswer() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedHasNone();

        bench.lastAskedFails();

        assertThat(client.refusal().reason()).isEqualTo(Reason.BAD_ANSWERS);
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }

    @Test
    void itIsNotAskedIfAMirrorHasTheFile() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedHasNone();

        bench.asked(2).responds(whole(BODY.length));
        bench.asked(2).sends(BODY);
        bench.asked(2).ends();
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }
}
