package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.LATER;
import static flexo.database.DatabaseStates.SECOND;
import static flexo.download.DownloadBench.CHECK_INTERVAL;
import static flexo.download.DownloadBench.CLIENT;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.DATABASE_SIGNATURE;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.Client;
import flexo.download.DownloadBench;
import flexo.download.DownloadFailure.Reason;
import flexo.download.Opened.Origin;
import flexo.download.TestClient;
import flexo.mirror.MirrorFailure;
import flexo.repository.RepositoryDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database and its signature are one: fetched together, given together. */
class DatabaseSignatureTest {
    private static final Client NEWCOMER = new Client("192.0.2.77", "192.0.2.77 port 40000");
    /** No rule tells them to be wrong: what they are is for pacman to judge. */
    private static final byte[] FIRST_SIGNATURE = DatabaseStates.signature(90);

    private static final byte[] SECOND_SIGNATURE = DatabaseStates.signature(91);

    @TempDir
    private Path directory;

    private static byte[] resource(String name) {
        try (InputStream stream = RepositoryDatabase.class.getResourceAsStream(name)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    private DownloadBench benchWithFirst(int mirrors) {
        DownloadBench bench = bench(mirrors);
        TestClient client = bench.get(DATABASE);
        deliverFirst(bench);
        assertGets(client, FIRST);
        return bench;
    }

    private static void deliverFirst(DownloadBench bench) {
        bench.lastAskedDelivers(FIRST);
        bench.lastAskedDelivers(FIRST_SIGNATURE);
    }

    private static void deliverSecond(DownloadBench bench) {
        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedDelivers(SECOND_SIGNATURE);
    }

    // Together.

    @Test
    void signatureIsFetchedRightAfterItsDatabaseFromTheSameMirrorAndNeverAskedForAgain() {
        DownloadBench bench = bench(3);
        TestClient client = bench.get(DATABASE);
        bench.asked(1).responds(status(404));
        bench.settle();
        bench.lastAskedDelivers(FIRST);
        assertThat(client.isAnswered()).as("before the signature is there").isFalse();
        assertThat(bench.requests())
                .containsExactly("m1.example core.db", "m2.example core.db", "m2.example core.db.sig");
        bench.lastAskedDelivers(FIRST_SIGNATURE);

        assertGets(client, FIRST);
        TestClient signature = bench.get(DATABASE_SIGNATURE);

        assertThat(signature.opened().origin()).isEqualTo(Origin.HIT);
        assertThat(signature.content().wholeFile()).isEmpty();
        assertGets(signature, FIRST_SIGNATURE);
        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(bench.target(DATABASE_SIGNATURE)).hasBinaryContent(FIRST_SIGNATURE);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureOfAnUnsignedDatabaseIsNotFoundWithoutAskingAnybody() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDeliversUnsigned(FIRST);
        assertGets(client, FIRST);

        TestClient signature = bench.get(DATABASE_SIGNATURE, OTHER_CLIENT);

        assertThat(signature.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(signature.refusal().message()).contains(DATABASE_SIGNATURE.toString());
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 410})
    void serverThatForbidsOrHasLostTheSignatureHasNone(int status) {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(FIRST);

        assertThat(bench.client.last().responds(status(status))).isFalse();
        bench.settle();

        assertGets(client, FIRST);
        assertThat(bench.get(DATABASE_SIGNATURE).refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatWasSignedSoFarIsTakenFromAMirrorThatHasTheSignature() {
        DownloadBench bench = benchWithFirst(2);
        bench.pass(CHECK_INTERVAL);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedHasNone();
        assertThat(client.isAnswered()).as("there is another mirror").isFalse();

        assertThat(bench.request(5)).isEqualTo("m2.example core.db");
        deliverSecond(bench);

        assertGets(client, SECOND);
        assertGets(bench.get(DATABASE_SIGNATURE), SECOND_SIGNATURE);
        assertThat(bench.mirrors.reports(2)).contains("failed OUTDATED");
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatNoMirrorSignsAnyMoreIsTakenWithTheNextCheck() {
        DownloadBench bench = benchWithFirst(1);
        bench.pass(CHECK_INTERVAL);
        TestClient first = bench.get(DATABASE);
        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedHasNone();
        assertThat(first.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(first, FIRST);
        assertGets(bench.get(DATABASE_SIGNATURE), FIRST_SIGNATURE);

        bench.pass(CHECK_INTERVAL);
        TestClient second = bench.get(DATABASE);
        for (int attempt = 1; attempt <= 2; attempt++) {
            bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
            bench.lastAskedHasNone();
        }

        assertGets(second, SECOND);
        assertThat(bench.get(DATABASE_SIGNATURE).refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureBeforeItsDatabaseMakesUsFetchTheDatabase() {
        DownloadBench bench = bench(1);
        TestClient signature = bench.get(DATABASE_SIGNATURE);
        assertThat(bench.request(1)).isEqualTo("m1.example core.db");

        deliverFirst(bench);

        assertGets(signature, FIRST_SIGNATURE);
        TestClient client = bench.get(DATABASE);
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, FIRST);
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureOfADatabaseThatIsNowhereIsNotFound() {
        DownloadBench bench = bench(1);
        TestClient signature = bench.get(DATABASE_SIGNATURE);

        bench.lastAskedHasNone();

        assertThat(signature.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        bench.assertNothingIsLeft();
    }

    // To whom which one is given.

    @Test
    void clientGetsTheSignatureOfTheDatabaseItWasGivenThoughThereIsANewerOne() {
        DownloadBench bench = benchWithFirst(1);
        bench.pass(CHECK_INTERVAL);
        TestClient other = bench.get(DATABASE, OTHER_CLIENT);
        deliverSecond(bench);
        assertGets(other, SECOND);

        assertGets(bench.get(DATABASE_SIGNATURE, CLIENT), FIRST_SIGNATURE);
        assertGets(bench.get(DATABASE_SIGNATURE, OTHER_CLIENT), SECOND_SIGNATURE);
        assertGets(bench.get(DATABASE_SIGNATURE, NEWCOMER), SECOND_SIGNATURE);
        assertGets(bench.get(DATABASE, CLIENT), SECOND);
        assertGets(bench.get(DATABASE_SIGNATURE, CLIENT), SECOND_SIGNATURE);
        bench.assertNothingIsLeft();
    }

    @Test
    void clientThatWasGivenAStaleDatabaseGetsItsSignature() {
        DownloadBench bench = benchWithFirst(1);
        bench.pass(CHECK_INTERVAL);
        TestClient stale = bench.get(DATABASE);
        bench.pass(Duration.ofSeconds(5));
        assertThat(stale.opened().origin()).isEqualTo(Origin.STALE);
        deliverSecond(bench);

        assertGets(stale, FIRST);
        assertGets(bench.get(DATABASE_SIGNATURE), FIRST_SIGNATURE);
        bench.assertNothingIsLeft();
    }

    @Test
    void everyoneWhoReadsWhileItArrivesGetsItsSignature() {
        DownloadBench bench = benchWithFirst(1);
        bench.pass(CHECK_INTERVAL);
        TestClient client = bench.get(DATABASE);
        bench.client.last().responds(whole(SECOND, LATER));
        bench.client.last().sends(slice(SECOND, 0, 100));
        bench.pass(Duration.ofMillis(1500));
        bench.client.last().sends(slice(SECOND, 100, 200));
        bench.settle();
        TestClient joiner = bench.get(DATABASE, OTHER_CLIENT);
        assertThat(joiner.opened().origin()).isEqualTo(Origin.JOINED);
        bench.client.last().sends(slice(SECOND, 200, SECOND.length));
        bench.settle();
        bench.lastAskedDelivers(SECOND_SIGNATURE);

        assertGets(client, SECOND);
        assertGets(joiner, SECOND);
        assertGets(bench.get(DATABASE_SIGNATURE, CLIENT), SECOND_SIGNATURE);
        assertGets(bench.get(DATABASE_SIGNATURE, OTHER_CLIENT), SECOND_SIGNATURE);
        bench.assertNothingIsLeft();
    }

    @Test
    void ofThousandsWhoReadWhileItArrivesTheLastOnesGetTheLatestSignature() {
        DownloadBench bench = benchWithFirst(1);
        bench.pass(CHECK_INTERVAL);
        List<TestClient> readers = new ArrayList<>();
        readers.add(bench.get(DATABASE, reader(0)));
        bench.client.last().responds(whole(SECOND, LATER));
        bench.client.last().sends(slice(SECOND, 0, 100));
        bench.pass(Duration.ofMillis(1500));
        bench.client.last().sends(slice(SECOND, 100, 200));
        bench.settle();
        for (int number = 1; number < 2002; number++) {
            readers.add(bench.get(DATABASE, reader(number)));
        }
        bench.client.last().sends(slice(SECOND, 200, SECOND.length));
        bench.settle();
        bench.lastAskedDelivers(SECOND_SIGNATURE);
        readers.forEach(reader -> assertGets(reader, SECOND));
        byte[] third = database("3");
        byte[] thirdSignature = DatabaseStates.signature(93);
        bench.pass(CHECK_INTERVAL);
        TestClient later = bench.get(DATABASE);
        bench.lastAskedDelivers(whole(third, LATER.plusSeconds(1)), third);
        bench.lastAskedDelivers(thirdSignature);
        assertGets(later, third);

        assertGets(bench.get(DATABASE_SIGNATURE, reader(1999)), SECOND_SIGNATURE);
        assertGets(bench.get(DATABASE_SIGNATURE, reader(2001)), thirdSignature);
        bench.assertNothingIsLeft();
    }

    private static Client reader(int number) {
        String address = "10.0." + number / 256 + "." + number % 256;
        return new Client(address, address + " port 40000");
    }

    @Test
    void whoHasTheLastByteFindsItsSignatureAtOnce() throws IOException {
        DownloadBench bench = benchWithFirst(1);
        bench.pass(CHECK_INTERVAL);
        TestClient client = bench.get(DATABASE);
        List<TestClient> signatures = new ArrayList<>();
        client.whenAnswered(() -> signatures.add(bench.getUnsettled(DATABASE_SIGNATURE)));

        deliverSecond(bench);

        assertThat(signatures).hasSize(1);
        assertGets(signatures.get(0), SECOND_SIGNATURE);
        assertGets(client, SECOND);
        bench.assertNothingIsLeft();
    }

    @Test
    void whoJoinsBetweenThePublicationAndTheEndOfTheCheckGetsItsSignatureToo() throws IOException {
        DownloadBench bench = DownloadBench.withoutCheckInterval(directory, 1);
        TestClient first = bench.get(DATABASE, OTHER_CLIENT);
        deliverFirst(bench);
        assertGets(first, FIRST);
        TestClient client = bench.get(DATABASE, CLIENT);
        List<TestClient> joiners = new ArrayList<>();
        client.whenAnswered(() -> joiners.add(bench.getUnsettled(DATABASE, OTHER_CLIENT)));
        deliverSecond(bench);
        assertThat(joiners).hasSize(1);

        assertGets(joiners.get(0), SECOND);
        TestClient signature = bench.get(DATABASE_SIGNATURE, OTHER_CLIENT);
        bench.lastAskedHasNothingNew();
        bench.lastAskedDelivers(SECOND_SIGNATURE);
        assertGets(signature, SECOND_SIGNATURE);
        assertGets(client, SECOND);
        bench.assertNothingIsLeft();
    }

    // A mirror that is just being synchronised.

    @Test
    void signatureOfAnotherStateMakesUsAskTheSameMirrorForBothAgain() {
        byte[] database = resource("core.db");
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(database);
        bench.lastAskedDelivers(resource("core.files.sig"));

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.fileNames()).isEmpty();
        assertThat(bench.requests())
                .containsExactly("m1.example core.db", "m1.example core.db.sig", "m1.example core.db");
        bench.lastAskedDelivers(database);
        bench.lastAskedDelivers(resource("core.db.sig"));

        assertGets(client, database);
        assertGets(bench.get(DATABASE_SIGNATURE), resource("core.db.sig"));
        assertThat(bench.mirrors.leases()).hasSize(1);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorWhoseSignatureNeverFitsIsLeftWithoutBlame() {
        byte[] database = resource("core.db");
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        for (int attempt = 1; attempt <= 3; attempt++) {
            bench.lastAskedDelivers(database);
            bench.lastAskedDelivers(resource("core.files.sig"));
        }

        assertThat(bench.askedCount()).isEqualTo(7);
        assertThat(bench.request(7)).isEqualTo("m2.example core.db");
        assertThat(bench.mirrors.reports(1)).contains("failed WRONG_LENGTH");
        assertThat(MirrorFailure.WRONG_LENGTH.blamesMirror()).isFalse();
        bench.lastAskedDelivers(database);
        bench.lastAskedDelivers(resource("core.db.sig"));
        assertGets(client, database);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureOfAnotherStateAfterTheReleaseCutsTheClients() {
        byte[] database = resource("core.db");
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedSends(database, 100);
        bench.pass(Duration.ofMillis(1500));
        bench.asked(1).sends(slice(database, 100, database.length));
        bench.settle();
        bench.lastAskedDelivers(resource("core.files.sig"));

        assertThat(client.reads().isCut()).isTrue();
        client.leaves();
        assertThat(bench.fileNames()).isEmpty();
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }
}
