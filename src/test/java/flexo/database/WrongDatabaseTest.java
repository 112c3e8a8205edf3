package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.LATER;
import static flexo.database.DatabaseStates.SECOND;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadBench;
import flexo.download.Opened.Origin;
import flexo.download.TestClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mirrors that send something else in place of a database. */
class WrongDatabaseTest {
    private static final Duration EMBARGO = Duration.ofMillis(1500);
    private static final Duration MOMENT = Duration.ofNanos(1);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    /** With the first generation, which a mirror has just confirmed. */
    private DownloadBench benchWithFirst(int mirrors) {
        return bench(mirrors).haveDatabase(FIRST);
    }

    private static byte[] cut(byte[] whole) {
        return Arrays.copyOf(whole, whole.length - 20);
    }

    private static byte[] flipped(byte[] whole) {
        byte[] wrong = whole.clone();
        wrong[whole.length / 2] ^= 0x10;
        return wrong;
    }

    static Stream<Arguments> whatIsNoDatabase() {
        return Stream.of(
                Arguments.of(
                        "a portal's page", "<html><body>Please log in</body></html>".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("cut off", cut(SECOND)),
                Arguments.of("damaged", flipped(SECOND)),
                Arguments.of("anything", DownloadBench.body(900)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsNoDatabase")
    void whatIsNoDatabaseIsReplacedByTheNextMirrorsBeforeAnyClientSeesIt(String name, byte[] wrong) {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(wrong);

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.requests()).containsExactly("m1.example core.db", "m2.example core.db");
        assertThat(bench.asked(2).fromByte()).isZero();
        assertThat(bench.mirrors.reports(1)).contains("failed WRONG_CONTENT").endsWith("closed");
        assertThat(bench.fileNames()).isEmpty();
        bench.lastAskedDeliversUnsigned(FIRST);

        assertGets(client, FIRST);
        assertThat(bench.target(DATABASE)).hasBinaryContent(FIRST);
        bench.assertNothingIsLeft();
    }

    /** Of a web page, no byte is ever released. */
    static Stream<Arguments> whatItsFirstBytesDoNotTell() {
        return whatIsNoDatabase().filter(what -> !what.get()[0].equals("a portal's page"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatItsFirstBytesDoNotTell")
    void whatIsNoDatabaseAfterItsReleaseCutsTheClientsAndTheKnownOneStays(String name, byte[] wrong) {
        DownloadBench bench = benchWithFirst(2);
        TestClient client = bench.getDatabaseLater();
        bench.client.last().responds(whole(wrong, LATER));
        bench.client.last().sends(slice(wrong, 0, 20));
        bench.pass(EMBARGO);
        bench.client.last().sends(slice(wrong, 20, wrong.length));
        bench.settle();

        assertThat(client.reads().isCut()).isTrue();
        assertThat(client.received()).as("never whole").hasSizeLessThan(wrong.length);
        client.leaves();
        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(bench.target(DATABASE)).hasBinaryContent(FIRST);
        assertThat(bench.fileNames()).containsExactly(".core.db.generation", "core.db", "databases");
        TestClient next = bench.get(DATABASE);
        assertThat(next.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(next, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void bytesAreKeptFromClientsForAMomentOnly() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedSends(FIRST, 100);
        bench.pass(EMBARGO.minus(MOMENT));
        bench.asked(1).sends(slice(FIRST, 100, 200));
        assertThat(client.isAnswered()).isFalse();

        bench.pass(MOMENT);
        bench.asked(1).sends(slice(FIRST, 200, 201));

        assertThat(client.reads().received()).isEqualTo(slice(FIRST, 0, 201));
        TestClient joiner = bench.get(DATABASE, OTHER_CLIENT);
        assertThat(joiner.opened().origin()).isEqualTo(Origin.JOINED);
        assertThat(joiner.reads().received()).hasSize(201);
        bench.asked(1).sends(slice(FIRST, 201, FIRST.length));
        bench.settle();
        assertThat(client.reads().received())
                .as("the last byte waits for the signature")
                .hasSize(FIRST.length - 1);
        bench.lastAskedHasNone();
        assertGets(client, FIRST);
        assertGets(joiner, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileFarTooLongForADatabaseIsRefusedAtItsHead() {
        DownloadBench bench = bench(2);
        bench.get(DATABASE);

        assertThat(bench.asked(1).responds(whole((512L << 20) + 1))).isFalse();
        bench.settle();

        assertThat(bench.mirrors.reports(1)).containsExactly("failed WRONG_CONTENT", "closed");
        assertThat(bench.askedCount()).isEqualTo(2);
    }
}
