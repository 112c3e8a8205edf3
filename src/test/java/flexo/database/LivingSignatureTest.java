package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.LATER;
import static flexo.database.DatabaseStates.SECOND;
import static flexo.database.DatabaseStates.signature;
import static flexo.download.DownloadBench.CHECK_INTERVAL;
import static flexo.download.DownloadBench.CLIENT;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.DATABASE_SIGNATURE;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadBench;
import flexo.download.DownloadFailure.Reason;
import flexo.download.Opened.Origin;
import flexo.download.TestClient;
import flexo.repository.RepositoryDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A signature that comes late, is renewed, or goes, while its database stays as it is. */
class LivingSignatureTest {
    private static final byte[] OLD = signature(90);
    private static final byte[] NEW = signature(91);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    private DownloadBench benchWithSigned() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);
        bench.lastAskedDelivers(OLD);
        assertGets(client, FIRST);
        return bench;
    }

    /** A client asks for the signature when the interval is over; its mirror has no other database. */
    private static TestClient signatureOfTheSame(DownloadBench bench) {
        bench.pass(CHECK_INTERVAL);
        TestClient client = bench.get(DATABASE_SIGNATURE);
        bench.lastAskedHasNothingNew();
        assertThat(bench.client.last().request().uri().getPath()).endsWith(".sig");
        return client;
    }

    @Test
    void signatureThatComesAfterItsDatabaseIsFoundWithinTheInterval() {
        DownloadBench bench = bench(1).haveDatabase(FIRST);
        assertThat(bench.get(DATABASE_SIGNATURE).refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(bench.askedCount()).as("just looked for").isEqualTo(2);

        TestClient client = signatureOfTheSame(bench);
        bench.lastAskedDelivers(NEW);

        assertGets(client, NEW);
        assertThat(bench.target(DATABASE_SIGNATURE)).hasBinaryContent(NEW);
        assertGets(bench.get(DATABASE_SIGNATURE, OTHER_CLIENT), NEW);
        assertThat(bench.askedCount()).as("once for all").isEqualTo(4);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureThatIsRenewedOverTheSameBytesIsGivenToAllAndAfterARestart() {
        DownloadBench bench = benchWithSigned();
        TestClient client = signatureOfTheSame(bench);
        bench.lastAskedDelivers(NEW);
        assertGets(client, NEW);
        bench.assertNothingIsLeft();

        DownloadBench later = bench(0);

        assertGets(later.get(DATABASE_SIGNATURE), NEW);
        later.assertNothingIsLeft();
    }

    @Test
    void pairThatIsAskedForAfterTheIntervalHasTheRenewedSignature() {
        DownloadBench bench = benchWithSigned();
        assertGets(bench.get(DATABASE_SIGNATURE), OLD);
        bench.pass(CHECK_INTERVAL);
        TestClient database = bench.get(DATABASE);
        bench.lastAskedHasNothingNew();
        bench.lastAskedDelivers(NEW);

        assertThat(database.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(database, FIRST);
        assertGets(bench.get(DATABASE_SIGNATURE), NEW);
        assertThat(bench.askedCount()).isEqualTo(4);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureThatIsMissingForAMomentIsKeptAndOneThatStaysAwayIsNot() {
        DownloadBench bench = benchWithSigned();
        TestClient first = signatureOfTheSame(bench);
        bench.lastAskedHasNone();
        assertGets(first, OLD);

        TestClient second = signatureOfTheSame(bench);
        bench.lastAskedHasNone();

        assertThat(second.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(bench.target(DATABASE_SIGNATURE)).doesNotExist();
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureOfOtherBytesDoesNotReplaceTheOneThatFits() throws IOException {
        byte[] database = resource("core.db");
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(database);
        bench.lastAskedDelivers(resource("core.db.sig"));
        assertGets(client, database);

        TestClient signature = signatureOfTheSame(bench);
        bench.lastAskedDelivers(resource("core.files.sig"));

        assertGets(signature, resource("core.db.sig"));
        bench.assertNothingIsLeft();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream file = RepositoryDatabase.class.getResourceAsStream(name)) {
            return file.readAllBytes();
        }
    }

    @Test
    void whoAsksForTheSignatureAloneIsNotBoundToAStateHeWasNotGiven() {
        DownloadBench bench = benchWithSigned();
        assertGets(bench.get(DATABASE_SIGNATURE, OTHER_CLIENT), OLD);
        bench.pass(CHECK_INTERVAL);
        TestClient other = bench.get(DATABASE_SIGNATURE, OTHER_CLIENT);
        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedDelivers(NEW);

        assertGets(other, NEW);
        assertThat(bench.get(DATABASE_SIGNATURE, CLIENT)
                        .opened()
                        .content()
                        .head()
                        .lengthBytes())
                .as("given the first a moment ago")
                .isEqualTo(OLD.length);
        bench.pass(GivenSignatures.COUNT_FOR);
        TestClient late = bench.get(DATABASE_SIGNATURE, CLIENT);
        bench.lastAskedHasNothingNew();
        bench.lastAskedDelivers(NEW);
        assertGets(late, NEW);
    }

    static Stream<Arguments> insteadOfASignature() {
        return Stream.of(
                Arguments.of("a page", sends("<html>Log in</html>".getBytes(UTF_8)), Reason.NOT_FOUND),
                Arguments.of("a text", sends("Rate limit exceeded\n".getBytes(UTF_8)), Reason.NOT_FOUND),
                Arguments.of(
                        "a pointer",
                        sends("version https://git-lfs.github.com/spec/v1\n".getBytes(UTF_8)),
                        Reason.NOT_FOUND),
                Arguments.of("nothing", sends(new byte[0]), Reason.NOT_FOUND),
                Arguments.of("too much", sends(signature(16 * 1024 + 1)), Reason.NOT_FOUND),
                Arguments.of("500", answers(500), Reason.BAD_ANSWERS),
                Arguments.of("429", answers(429), Reason.BAD_ANSWERS));
    }

    private static Consumer<DownloadBench> sends(byte[] bytes) {
        return bench -> {
            assertThat(bench.client.last().responds(whole(bytes.length))).isTrue();
            bench.client.last().sends(bytes);
            if (!bench.client.last().isCancelled()) {
                bench.client.last().ends();
            }
            bench.settle();
        };
    }

    private static Consumer<DownloadBench> answers(int status) {
        return bench -> {
            assertThat(bench.client.last().responds(status(status))).isFalse();
            bench.settle();
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("insteadOfASignature")
    void databaseThatIsRightIsGivenWhateverTheOnlyMirrorSendsForItsSignature(
            String name, Consumer<DownloadBench> answer, Reason ofTheSignature) {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        for (int attempt = 1; attempt <= 2; attempt++) {
            bench.lastAskedDelivers(FIRST);
            answer.accept(bench);
        }

        assertGets(client, FIRST);
        assertThat(bench.get(DATABASE_SIGNATURE).refusal().reason()).isEqualTo(ofTheSignature);
        assertThat(bench.fileNames()).doesNotContain("core.db.sig");
        bench.assertNothingIsLeft();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {401, 403, 404, 410})
    void serverThatDoesNotGiveASignatureOutHasNone(int status) {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);
        answers(status).accept(bench);

        assertGets(client, FIRST);
        assertThat(bench.get(DATABASE_SIGNATURE).refusal().reason()).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void signatureMayBeAsLongAsPacmanTakesIt() {
        byte[] longest = Arrays.copyOf(OLD, 16 * 1024);
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);
        bench.lastAskedDelivers(longest);

        assertGets(client, FIRST);
        assertGets(bench.get(DATABASE_SIGNATURE), longest);
    }
}
