package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.mirror.MirrorFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a mirror when its time is over, where the bench's deadlines are the usual ones. */
class TransferDeadlineTest {
    private static final int LENGTH_BYTES = 1 << 20;
    private static final long LIMIT = 1000;

    @TempDir
    private Path directory;

    /** Null until {@link #sent}. */
    private DownloadBench bench;

    private MirrorChoice mirrors;
    private PartWriter writer;
    private TransferDeadline deadline;
    /** How often it was told that the mirror has fallen silent. */
    private int fellSilent;
    /** How often it was told that another mirror is to be tried. */
    private int outpaced;
    /** How often the deadline was reached. */
    private int reached;
    /** What was said of the mirror the last time. */
    private Optional<Outcome.Failed> said = Optional.empty();

    private void sent(RepositoryPath path, int mirrorCount) {
        bench = new DownloadBench(directory, mirrorCount, LIMIT);
        Fetch fetch = new Fetch(
                bench.context, new Download(path), new PlainPolicy(path, null, Optional.empty(), bytes -> {}), false);
        mirrors = new MirrorChoice(bench.context, path, Optional.empty());
        writer = new PartWriter(fetch);
        deadline = new TransferDeadline(
                fetch, mirrors, mirrors.take().orElseThrow().mirror(), () -> fellSilent++, () -> outpaced++, () -> {
                    reached++;
                    said = deadline.judge(writer);
                });
        deadline.sent();
    }

    private void answered() throws IOException {
        assertThat(deadline.answered()).isEqualTo(Duration.ofMillis(100));
        writer.begin(new ContentHead(LENGTH_BYTES, MODIFIED), true, "m1");
    }

    @AfterEach
    void nothingIsArmedAfterTheEnd() {
        deadline.end();
        writer.giveUp();
        assertThat(bench.timer.pending()).isZero();
    }

    private void pass(long millis) {
        bench.pass(Duration.ofMillis(millis));
    }

    @Test
    void silentMirrorHasAllThePatienceThereIs() {
        sent(PACKAGE, 2);
        pass(8499);
        assertThat(said).isEmpty();

        pass(1);

        assertThat(said).map(Outcome.Failed::detail).contains("sent nothing for 8500 ms");
    }

    @Test
    void patienceIsRenewedByBytesThatClientsWereGiven() {
        sent(PACKAGE, 1);
        pass(5000);
        mirrors.renewPatience();

        pass(8499);
        assertThat(said).isEmpty();
        pass(1);
        assertThat(said).map(Outcome.Failed::failure).contains(MirrorFailure.STALLED);
    }

    @Test
    void slowMirrorIsLeftIfThereIsAnother() throws IOException {
        sent(PACKAGE, 2);
        pass(100);
        answered();
        for (int i = 0; i < 20 && said.isEmpty(); i++) {
            pass(500);
            deadline.arrived(100);
        }

        assertThat(said).map(Outcome.Failed::failure).contains(MirrorFailure.TOO_SLOW);
        assertThat(said).map(Outcome.Failed::detail).contains("sent less than 1000 bytes/s, at byte 0");
    }

    @Test
    void slowMirrorIsKeptIfItIsTheLast() throws IOException {
        sent(PACKAGE, 1);
        pass(100);
        answered();
        for (int i = 0; i < 20; i++) {
            pass(500);
            deadline.arrived(100);
        }

        assertThat(reached).isPositive();
        assertThat(said).isEmpty();
        assertThat(deadline.received()).isEqualTo(2000);
    }

    @Test
    void slowMirrorIsKeptForAFileThatNoOtherMayContinue() throws IOException {
        sent(DATABASE, 2);
        pass(100);
        answered();
        for (int i = 0; i < 20; i++) {
            pass(500);
            deadline.arrived(100);
        }

        assertThat(reached).isPositive();
        assertThat(said).isEmpty();
    }

    @Test
    void mirrorThatStopsIsToldToBeSilentAndLeftWhenThePatienceIsOver() throws IOException {
        sent(PACKAGE, 1);
        pass(100);
        answered();

        pass(DownloadBench.LOW_SPEED_TIME.toMillis());
        assertThat(fellSilent).isEqualTo(1);
        assertThat(said).isEmpty();
        pass(8400 - DownloadBench.LOW_SPEED_TIME.toMillis());

        assertThat(said).map(Outcome.Failed::detail).contains("stopped sending at byte 0");
    }

    @Test
    void databaseThatStopsIsAskedOfAnotherFromTheStart() throws IOException {
        sent(DATABASE, 2);
        pass(100);
        answered();

        pass(DownloadBench.LOW_SPEED_TIME.toMillis());

        assertThat(fellSilent).isZero();
        assertThat(said).map(Outcome.Failed::failure).contains(MirrorFailure.STALLED);
    }

    @Test
    void mirrorIsNotBlamedForAPauseOfOurs() throws IOException {
        sent(PACKAGE, 2);
        pass(100);
        answered();
        deadline.pause();
        assertThat(deadline.isPaused()).isTrue();

        pass(30_000);
        assertThat(reached).as("nothing is due").isZero();
        assertThat(said).isEmpty();

        deadline.goOn();
        deadline.arrived(100);
        assertThat(deadline.elapsed()).isLessThan(Duration.ofSeconds(1));
        pass(DownloadBench.LOW_SPEED_TIME.toMillis());
        assertThat(said).isPresent();
    }
}
