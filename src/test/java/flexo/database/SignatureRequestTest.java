package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.SECOND;
import static flexo.database.DatabaseStates.SIGNATURE;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.Responses.response;
import static flexo.download.Responses.status;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadBench;
import flexo.download.DownloadFailure.Reason;
import flexo.download.ExpectedFile;
import flexo.download.ScriptedMirrors;
import flexo.download.TestClient;
import flexo.mirror.MirrorFailure;
import flexo.repository.RepositoryDatabase;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mirrors that do not deliver the signature of the database that they have just sent. */
class SignatureRequestTest {
    private static final Duration PATIENCE = Duration.ofMillis(2500);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    private static byte[] resource(String name) {
        try (InputStream stream = RepositoryDatabase.class.getResourceAsStream(name)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Arguments failure(String name, Consumer<DownloadBench> fails, MirrorFailure expected) {
        return Arguments.of(name, fails, expected);
    }

    static Stream<Arguments> waysToFail() {
        byte[] page = "\n <!DOCTYPE html>".getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                failure("unreachable", DownloadBench::lastAskedFails, MirrorFailure.UNREACHABLE),
                failure(
                        "500",
                        bench -> assertThat(bench.client.last().responds(status(500)))
                                .isFalse(),
                        MirrorFailure.BAD_STATUS),
                failure(
                        "304",
                        bench -> assertThat(bench.client.last().responds(status(304)))
                                .isFalse(),
                        MirrorFailure.BAD_STATUS),
                failure("a page by its text", bench -> bench.lastAskedDelivers(page), MirrorFailure.WRONG_CONTENT),
                failure("empty", bench -> bench.lastAskedDelivers(new byte[0]), MirrorFailure.WRONG_CONTENT),
                failure("far too long", SignatureRequestTest::sendsTooMuch, MirrorFailure.WRONG_CONTENT),
                failure("silent", bench -> bench.pass(PATIENCE), MirrorFailure.STALLED));
    }

    private static void sendsTooMuch(DownloadBench bench) {
        ScriptedMirrors.Asked asked = bench.client.last();
        assertThat(asked.responds(response(200, OptionalLong.empty(), Optional.empty())))
                .isTrue();
        for (int piece = 0; piece < 65; piece++) {
            asked.sends(new byte[1024]);
        }
        assertThat(asked.isCancelled()).as("it may go on for ever").isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToFail")
    void databaseWhoseSignatureTheMirrorDoesNotDeliverComesFromTheNextOne(
            String name, Consumer<DownloadBench> fails, MirrorFailure failure) {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);

        fails.accept(bench);
        bench.settle();

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.requests())
                .containsExactly("m1.example core.db", "m1.example core.db.sig", "m2.example core.db");
        assertThat(bench.mirrors.reports(1)).endsWith("failed " + failure, "closed");
        bench.lastAskedDeliversUnsigned(SECOND);
        assertGets(client, SECOND);
        bench.assertNothingIsLeft();
    }

    @Test
    void silentMirrorsConnectionIsGivenUp() {
        DownloadBench bench = bench(1);
        bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);

        bench.pass(PATIENCE);

        assertThat(bench.asked(2).isCancelled()).isTrue();
    }

    @Test
    void requestForASignatureThatCannotBeSentIsTheMirrorsFailure() {
        DownloadBench bench = bench(2);
        bench.get(DATABASE);
        bench.client.breakNextRequest(new IllegalStateException("broken in the test"));

        bench.lastAskedDelivers(FIRST);

        assertThat(bench.requests()).containsExactly("m1.example core.db", "m2.example core.db");
        assertThat(bench.mirrors.reports(1)).contains("failed UNREACHABLE");
    }

    @Test
    void staleConnectionIsAskedAgainForTheSignature() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);
        for (int again = 1; again <= 2; again++) {
            bench.client.last().findsItsConnectionStale();
            bench.settle();
        }
        assertThat(bench.asked(4).request()).isEqualTo(bench.asked(2).request());
        bench.lastAskedDelivers(SIGNATURE);

        assertGets(client, FIRST);
        assertThat(bench.mirrors.leases()).hasSize(1);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorWhoseConnectionsAreAlwaysStaleIsLeft() {
        DownloadBench bench = bench(2);
        bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);
        for (int again = 1; again <= 3; again++) {
            bench.client.last().findsItsConnectionStale();
            bench.settle();
        }

        assertThat(bench.request(5)).isEqualTo("m2.example core.db");
    }

    @Test
    void packagesOfADatabaseThatWasNotTakenAreNotExpected() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(resource("core.db"));
        bench.lastAskedFails();
        bench.lastAskedFails();
        assertThat(bench.request(4)).as("once more").isEqualTo("m1.example core.db");
        bench.lastAskedFails();
        bench.lastAskedFails();

        assertThat(client.refusal().reason()).isEqualTo(Reason.BAD_ANSWERS);
        assertThat(bench.databases.learned(TestPaths.path("core/os/x86_64/iana-etc-20241206-1-any.pkg.tar.zst")))
                .isEqualTo(ExpectedFile.UNKNOWN);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatWantsToBeLeftAloneIs() {
        DownloadBench bench = bench(1);
        bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);

        assertThat(bench.client.last().responds(status(429))).isFalse();
        bench.settle();

        assertThat(bench.mirrors.leases())
                .anySatisfy(lease -> assertThat(lease.reports()).contains("wants rest for 10 s"));
    }
}
