package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.download.AheadSource.Ahead;
import flexo.download.AheadSource.End;
import flexo.download.DownloadFailure.Reason;
import flexo.testing.TestPaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More downloads are asked for than may be on their way at once. */
class AdmissionTest {
    private static final byte[] BODY = body(1000);
    private static final Client ALICE = new Client("10.0.0.1", "10.0.0.1 port 1");
    private static final Client BOB = new Client("10.0.0.2", "10.0.0.2 port 1");
    /** Of which a client may have a quarter, and nobody an eighth. */
    private static final Admission.Limits PLACES = new Admission.Limits(32, 8, 8);

    private static final int CLIENTS_MOST = 8;
    private static final int NOBODYS_MOST = 4;

    @TempDir
    private Path directory;

    private DownloadBench bench() {
        return DownloadBench.withPlaces(directory, PLACES);
    }

    private static RepositoryPath file(int number) {
        return TestPaths.path("extra/os/x86_64/file" + number + "-1-1-any.pkg.tar.zst");
    }

    /** So many clients, each with one download. */
    private static List<TestClient> crowd(DownloadBench bench, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(number -> bench.get(file(number), new Client("10.1.0." + number, "c" + number)))
                .toList();
    }

    private static List<TestClient> downloads(DownloadBench bench, Client client, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(number -> bench.get(file(number), client))
                .toList();
    }

    private static void end(DownloadBench bench, List<TestClient> clients) {
        bench.downloads.close();
        bench.databases.close();
        bench.settle();
        clients.stream().filter(client -> !client.isRefused()).forEach(TestClient::leaves);
        bench.assertNothingIsLeft();
    }

    // Arithmetic.

    @Test
    void placesFollowFromTheHeap() {
        assertThat(Admission.Limits.ofHeap(128L << 20)).isEqualTo(new Admission.Limits(57, 14, 14));
        assertThat(Admission.Limits.ofHeap(64L << 20).connections()).isEqualTo(42);
        assertThat(Admission.Limits.ofHeap(64L << 30)).isEqualTo(new Admission.Limits(256, 64, 64));
    }

    @Test
    void smallestHeapHasPlacesOfEachKind() {
        assertThat(Admission.Limits.ofHeap(1)).isEqualTo(new Admission.Limits(12, 2, 2));
    }

    // Waiting.

    @Test
    void newcomerWaitsForThePlaceOfAnotherDownload() {
        DownloadBench bench = bench();
        List<TestClient> all = new ArrayList<>(crowd(bench, 0, 32));
        TestClient newcomer = bench.get(file(99), ALICE);
        assertThat(bench.askedCount()).isEqualTo(32);
        assertThat(bench.admission.waiting()).isEqualTo(1);

        bench.lastAskedDelivers(BODY);

        assertThat(bench.askedCount()).isEqualTo(33);
        bench.lastAskedDelivers(BODY);
        TestClient.assertGets(newcomer, BODY);
        end(bench, all);
    }

    @Test
    void newcomerIsToldToComeAgainWhenNoPlaceBecomesFree() {
        DownloadBench bench = bench();
        List<TestClient> all = crowd(bench, 0, 32);
        TestClient newcomer = bench.get(file(99), ALICE);

        bench.pass(Admission.PATIENCE.minusMillis(1));
        assertThat(newcomer.isAnswered()).isFalse();
        bench.pass(Duration.ofMillis(1));

        assertThat(newcomer.refusal().reason()).isEqualTo(Reason.BUSY);
        assertThat(newcomer.refusal().message())
                .isEqualTo(
                        file(99) + ": all 32 places for such downloads are taken, or kept for others; ask again later");
        assertThat(bench.admission.refused()).isEqualTo(1);
        end(bench, all);
    }

    @Test
    void noMirrorIsBlamedForWhatWasNeverAskedOfIt() {
        DownloadBench bench = bench();
        List<TestClient> all = crowd(bench, 0, 32);
        bench.get(file(99), ALICE);

        bench.pass(Admission.PATIENCE);

        assertThat(bench.mirrors.leases().stream().flatMap(lease -> lease.reports().stream()))
                .noneMatch(report -> report.contains("failed") && report.contains("99"));
        assertThat(bench.mirrors.leases().size()).isLessThanOrEqualTo(2 * 32);
        end(bench, all);
    }

    @Test
    void onlySoManyWait() {
        DownloadBench bench = bench();
        List<TestClient> all = new ArrayList<>(crowd(bench, 0, 32));
        all.addAll(crowd(bench, 32, 32));
        assertThat(bench.admission.waiting()).isEqualTo(32);

        TestClient oneTooMany = bench.get(file(99), ALICE);

        assertThat(oneTooMany.refusal().reason()).isEqualTo(Reason.BUSY);
        end(bench, all);
    }

    @Test
    void endOfTheApplicationEndsWaiting() {
        DownloadBench bench = bench();
        List<TestClient> all = crowd(bench, 0, 32);
        TestClient newcomer = bench.get(file(99), ALICE);

        bench.downloads.close();
        bench.settle();

        assertThat(newcomer.refusal().reason()).isEqualTo(Reason.ABANDONED);
        end(bench, all);
    }

    // Who gets how many.

    @Test
    void oneClientHasAQuarterAndAnotherIsServedBesideIt() {
        DownloadBench bench = bench();
        List<TestClient> all = downloads(bench, ALICE, 0, 2 * CLIENTS_MOST);
        assertThat(bench.askedCount()).isEqualTo(CLIENTS_MOST);

        TestClient bob = bench.get(file(50), BOB);
        assertThat(bench.askedCount()).isEqualTo(CLIENTS_MOST + 1);
        bench.lastAskedDelivers(BODY);
        TestClient.assertGets(bob, BODY);

        TestClient tooMany = bench.get(file(51), ALICE);
        assertThat(tooMany.refusal().message())
                .isEqualTo(file(51) + ": 8 downloads are on their way for 10.0.0.1, the most for one client;"
                        + " ask again later");
        end(bench, all);
    }

    @Test
    void whoHasTheFewestPlacesIsNext() {
        DownloadBench bench = bench();
        List<TestClient> all = new ArrayList<>(downloads(bench, ALICE, 0, CLIENTS_MOST - 1));
        all.addAll(crowd(bench, 10, 32 - all.size()));
        all.add(bench.get(file(90), ALICE));
        all.add(bench.get(file(91), BOB));
        int asked = bench.askedCount();

        bench.lastAskedDelivers(BODY);

        assertThat(bench.askedCount()).isEqualTo(asked + 1);
        assertThat(bench.client.last().request().uri()).hasToString("http://m1.example/" + file(91));
        end(bench, all);
    }

    @Test
    void severalGreedyClientsLeaveAQuarterToThoseWhoHaveFew() {
        DownloadBench bench = bench();
        List<TestClient> all = new ArrayList<>();
        for (int greedy = 0; greedy < 4; greedy++) {
            Client client = new Client("10.2.0." + greedy, "g" + greedy);
            all.addAll(downloads(bench, client, 100 * greedy, CLIENTS_MOST));
        }
        assertThat(bench.askedCount()).isEqualTo(3 * CLIENTS_MOST + 2);

        TestClient bob = bench.get(file(999), BOB);
        bench.lastAskedDelivers(BODY);

        TestClient.assertGets(bob, BODY);
        end(bench, all);
    }

    @Test
    void clientWhoWantsTheSameFileDoesNotWaitForTheShareOfTheFirst() {
        DownloadBench bench = bench();
        List<TestClient> all = new ArrayList<>(downloads(bench, ALICE, 0, CLIENTS_MOST));
        all.add(bench.get(file(20), ALICE));
        assertThat(bench.askedCount()).isEqualTo(CLIENTS_MOST);

        all.add(bench.get(file(20), BOB));

        assertThat(bench.askedCount()).isEqualTo(CLIENTS_MOST + 1);
        end(bench, all);
    }

    @Test
    void databaseNeverWaitsBehindPackages() {
        DownloadBench bench = bench();
        List<TestClient> all = new ArrayList<>(crowd(bench, 0, 64));

        TestClient client = bench.get(DATABASE, ALICE);
        bench.lastAskedDeliversUnsigned(database("1"));

        TestClient.assertGets(client, database("1"));
        end(bench, all);
    }

    @Test
    void headsAndSignaturesDoNotWaitBehindPackages() {
        DownloadBench bench = bench();
        List<TestClient> all = new ArrayList<>(crowd(bench, 0, 64));

        TestClient signature = bench.get(file(0).signature(), ALICE);
        bench.lastAskedDelivers(BODY);

        TestClient.assertGets(signature, BODY);
        end(bench, all);
    }

    // Downloads that nobody waits for.

    private static void begin(DownloadBench bench, int nth) {
        assertThat(bench.asked(nth).responds(Responses.whole(BODY.length))).isTrue();
        bench.asked(nth).sends(slice(BODY, 0, 400));
        bench.settle();
    }

    @Test
    void abandonedDownloadFinishesWhileThereIsRoom() {
        DownloadBench bench = bench();
        TestClient client = bench.get(file(0), ALICE);
        begin(bench, 1);
        client.leaves();
        bench.settle();

        bench.asked(1).sends(slice(BODY, 400, 1000));
        bench.asked(1).ends();
        bench.settle();

        assertThat(bench.target(file(0))).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void abandonedDownloadGivesWayToWhatSomebodyWaitsForAndIsContinuedLater() {
        DownloadBench bench = bench();
        TestClient leaving = bench.get(file(0), ALICE);
        begin(bench, 1);
        List<TestClient> all = new ArrayList<>(crowd(bench, 1, 31));
        leaving.leaves();
        bench.settle();
        assertThat(bench.asked(1).isCancelled()).isFalse();

        all.add(bench.get(file(99), BOB));

        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.client.last().request().uri()).hasToString("http://m1.example/" + file(99));
        bench.lastAskedDelivers(BODY);
        all.add(bench.get(file(0), ALICE));
        assertThat(bench.client.last().fromByte()).isEqualTo(400);
        end(bench, all);
    }

    @Test
    void downloadThatHasAReaderAgainDoesNotGiveWay() {
        DownloadBench bench = bench();
        TestClient leaving = bench.get(file(0), ALICE);
        begin(bench, 1);
        List<TestClient> all = new ArrayList<>(crowd(bench, 1, 31));
        leaving.leaves();
        all.add(bench.get(file(0), BOB));

        all.add(bench.get(file(99), ALICE));

        assertThat(bench.asked(1).isCancelled()).isFalse();
        assertThat(bench.admission.waiting()).isEqualTo(1);
        end(bench, all);
    }

    @Test
    void onlySoManyDownloadsRunForNobody() {
        DownloadBench bench = bench();
        for (int number = 0; number < CLIENTS_MOST; number++) {
            TestClient client = bench.get(file(number), ALICE);
            begin(bench, number + 1);
            client.leaves();
            bench.settle();
        }

        assertThat(bench.downloads.count()).isEqualTo(NOBODYS_MOST);
        for (int nth = 1; nth <= CLIENTS_MOST; nth++) {
            assertThat(bench.asked(nth).isCancelled())
                    .as("download %s is cancelled, the oldest first", nth)
                    .isEqualTo(nth <= CLIENTS_MOST - NOBODYS_MOST);
        }
        end(bench, List.of());
    }

    @Test
    void clientsThatLeaveAtOnceCostNobodyElseAPlace() {
        DownloadBench bench = bench();
        for (int number = 0; number < 300; number++) {
            TestClient client = bench.get(file(number), ALICE);
            begin(bench, number + 1);
            client.leaves();
            bench.settle();
        }

        TestClient bob = bench.get(file(999), BOB);
        bench.lastAskedDelivers(BODY);

        TestClient.assertGets(bob, BODY);
        end(bench, List.of());
    }

    @Test
    void whatIsFetchedAheadTakesNoPlaceThatAClientNeeds() {
        DownloadBench bench = bench();
        CompletableFuture<Ahead> ahead =
                bench.downloads.fetchAhead(file(0), false).toCompletableFuture();
        bench.settle();
        List<TestClient> all = new ArrayList<>(crowd(bench, 1, 32));

        CompletableFuture<Ahead> again =
                bench.downloads.fetchAhead(file(0), false).toCompletableFuture();
        bench.settle();

        assertThat(ahead).isCompletedWithValueMatching(ended -> ended.end() == End.INTERRUPTED);
        assertThat(again)
                .isCompletedWithValue(new Ahead(
                        End.INTERRUPTED,
                        0,
                        file(0) + ": all 32 places for such downloads are taken, or kept for others; ask again later"));
        end(bench, all);
    }

    // Our own checks of databases.

    @Test
    void ourOwnChecksWaitForAsLongAsItTakes() {
        DownloadBench bench = bench();
        List<RepositoryPath> many = IntStream.range(0, 20)
                .mapToObj(number -> TestPaths.path("r" + number + "/os/x86_64/r" + number + ".db"))
                .toList();
        CompletableFuture<Void> refreshed =
                bench.databases.refresh(many, Duration.ofDays(1)).toCompletableFuture();
        bench.settle();
        assertThat(bench.askedCount()).isEqualTo(6);
        TestClient client = bench.get(DATABASE, ALICE);

        for (int nth = 1; nth <= 21; nth++) {
            if (nth % 8 == 0) {
                bench.pass(Duration.ofSeconds(2));
            }
            bench.asked(nth).responds(Responses.status(404));
            bench.settle();
        }

        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(bench.asked(7).request().uri()).hasToString("http://m1.example/" + DATABASE);
        assertThat(refreshed).isCompleted();
        bench.assertNothingIsLeft();
    }
}
