package flexo.download;

import static flexo.download.DownloadBench.CHECK_INTERVAL;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.DATABASE_SIGNATURE;
import static flexo.download.DownloadBench.MAX_STALE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.Validators;
import flexo.download.DownloadFailure.Reason;
import flexo.download.Opened.Origin;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All databases together: what is there after a start, what is refreshed without clients, and how it ends. */
class DatabasesTest {
    private static final byte[] FIRST = database("1");
    private static final byte[] SECOND = database("2");
    private static final byte[] SIGNATURE = body(90);
    private static final byte[] FILE = body(1000);
    private static final byte[] LISTING =
            new RepositoryDatabaseFile().add("bash", "5.2-1", FILE, MODIFIED).bytes();
    private static final RepositoryPath EXTRA = TestPaths.path("extra/os/x86_64/extra.db");
    private static final RepositoryPath IN_EXTRA = TestPaths.path("extra/os/x86_64/zsh-5.9-1-x86_64.pkg.tar.zst");
    private static final Instant LATER = MODIFIED.plusSeconds(3600);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    /** What an earlier run leaves. */
    private void earlierRunFetches(byte[] database) {
        DownloadBench earlier = bench(1);
        TestClient client = earlier.get(DATABASE);
        earlier.lastAskedDelivers(database);
        earlier.lastAskedDelivers(SIGNATURE);
        assertGets(client, database);
        earlier.assertNothingIsLeft();
    }

    // After a start.

    @Test
    void databaseOfAnEarlierRunIsGivenOffline() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(0);

        TestClient client = bench.get(DATABASE);

        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertThat(client.opened().age()).contains(Duration.ZERO);
        assertGets(client, FIRST);
        assertGets(bench.get(DATABASE_SIGNATURE), SIGNATURE);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureOfAnEarlierRunIsThereBeforeItsDatabaseIsAskedFor() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);

        assertGets(bench.get(DATABASE_SIGNATURE), SIGNATURE);

        assertThat(bench.askedCount()).isZero();
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseOfAnEarlierRunIsCheckedWithTheTimeOfItsMirror() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        assertThat(bench.asked(1).request().ifChanged()).contains(new Validators(Optional.of(MODIFIED), ""));

        bench.lastAskedHasNothingNew();

        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void ageOfADatabaseOutlivesTheRun() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);
        bench.pass(MAX_STALE.plusSeconds(1));
        TestClient client = bench.get(DATABASE);

        bench.lastAskedFails();

        assertThat(client.refusal().reason()).isEqualTo(Reason.BAD_ANSWERS);
        bench.assertNothingIsLeft();
    }

    @Test
    void confirmationIsNotedForTheNextRun() throws IOException {
        DownloadBench earlier = bench(1);
        TestClient first = earlier.get(DATABASE);
        earlier.lastAskedDeliversUnsigned(FIRST);
        assertGets(first, FIRST);
        earlier.pass(Duration.ofDays(20));
        TestClient second = earlier.get(DATABASE);
        earlier.lastAskedHasNothingNew();
        assertGets(second, FIRST);
        earlier.assertNothingIsLeft();

        assertThat(Files.getLastModifiedTime(directory.resolve("core/os/x86_64/.core.db.generation"))
                        .toInstant())
                .isEqualTo(earlier.now());
    }

    @Test
    void packagesOfAnEarlierRunsDatabaseAreExpectedOnceItIsRead() {
        earlierRunFetches(LISTING);
        DownloadBench bench = bench(1);

        assertThat(bench.databases.known(PACKAGE)).as("not read yet").isEmpty();
        ExpectedFile expected = bench.databases.learned(PACKAGE);

        assertThat(expected.sizeBytes()).hasValue(FILE.length);
        assertThat(expected.sha256()).isPresent();
        assertThat(bench.databases.known(PACKAGE)).contains(expected);
        assertThat(bench.databases.known(IN_EXTRA)).as("nothing to be read").contains(ExpectedFile.UNKNOWN);
        bench.assertNothingIsLeft();
    }

    @Test
    void allDatabasesOfAnEarlierRunAreReadBeforeAnyoneAsks() {
        earlierRunFetches(LISTING);
        DownloadBench bench = bench(1);

        bench.databases.readAll();

        assertThat(bench.databases.known(PACKAGE).orElseThrow().sizeBytes()).hasValue(FILE.length);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatSomebodyChangedIsNotGivenOfflineAndFetchedWhole() throws IOException {
        earlierRunFetches(FIRST);
        Files.write(directory.resolve(DATABASE.toString()), slice(FIRST, 0, FIRST.length - 1));
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        assertThat(bench.asked(1).request().ifChanged()).isEmpty();

        bench.lastAskedDeliversUnsigned(FIRST);

        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void refreshIsOverWhenAllChecksAre() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDeliversUnsigned(LISTING);
        assertGets(client, LISTING);
        RepositoryPath other = TestPaths.path("extra/os/x86_64/extra.db");

        var refreshed = bench.databases.refresh(List.of(other), Duration.ofDays(1));
        bench.settle();
        List<ScriptedMirrors.Asked> checks = bench.client.asked().subList(2, 4);
        assertThat(checks)
                .extracting(check -> check.request().uri().getPath())
                .anyMatch(path -> path.endsWith("extra.db"));
        assertThat(checks.get(0).responds(Responses.status(404))).isFalse();
        bench.settle();
        assertThat(refreshed).isNotCompleted();
        assertThat(checks.get(1).responds(Responses.status(404))).isFalse();
        bench.settle();

        assertThat(refreshed).isCompleted();
        assertThat(bench.databases.listingPackages()).containsExactly(DATABASE);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileListSaysNothingOfPackages() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(TestPaths.path("core/os/x86_64/core.files"));
        bench.lastAskedDeliversUnsigned(LISTING);
        assertGets(client, LISTING);

        assertThat(bench.databases.learned(PACKAGE)).isEqualTo(ExpectedFile.UNKNOWN);
        bench.assertNothingIsLeft();
        assertThat(bench(1).databases.known(PACKAGE))
                .as("not even after a start")
                .contains(ExpectedFile.UNKNOWN);
    }

    @Test
    void timestampIsKeptLikeADatabaseButHasNoSignature() {
        RepositoryPath lastsync = TestPaths.path("lastsync");
        DownloadBench bench = bench(1);
        TestClient client = bench.get(lastsync);
        byte[] time = "1767225600\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

        bench.lastAskedDelivers(time);

        assertGets(client, time);
        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(bench.fileNames()).contains("lastsync", ".lastsync.generation");
        bench.assertNothingIsLeft();
    }

    @Test
    void webPageInPlaceOfATimestampComesFromTheNextMirror() {
        byte[] time = "1767225600\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        DownloadBench bench = bench(2);
        TestClient client = bench.get(TestPaths.path("lastupdate"));

        bench.lastAskedDelivers("<html>Log in</html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        bench.lastAskedDelivers(time);

        assertGets(client, time);
        assertThat(bench.mirrors.reports(1)).contains("failed WRONG_CONTENT");
        bench.assertNothingIsLeft();
    }

    @Test
    void timestampAsLongAsABookIsNone() {
        DownloadBench bench = bench(1);
        bench.get(TestPaths.path("lastsync"));

        assertThat(bench.asked(1).responds(whole(64 * 1024 + 1))).isFalse();
    }

    @Test
    void databaseBelowAFileIsHandedOutThoughItCannotBeKept() throws IOException {
        Path file = Files.writeString(Files.createDirectories(directory).resolve("core"), "a file");
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);

        bench.lastAskedDeliversUnsigned(FIRST);

        assertGets(client, FIRST);
        assertThat(file).hasContent("a file");
    }

    // Without clients.

    @Test
    void databaseInUseIsRefreshedWithoutAClient() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);

        bench.databases.refresh();
        bench.settle();
        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedDelivers(SIGNATURE);

        TestClient client = bench.get(DATABASE);
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, SECOND);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatNobodyHasUsedForAMonthIsNotRefreshed() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);
        bench.pass(Duration.ofDays(31));

        bench.databases.refresh();
        bench.settle();
        assertThat(bench.askedCount()).isZero();

        bench.databases.packageAsked(PACKAGE);
        bench.databases.refresh();
        bench.settle();
        assertThat(bench.requests()).containsExactly("m1.example core.db");
    }

    @Test
    void refreshJoinsTheCheckOfAClientAndAClientThatOfTheRefresh() {
        DownloadBench bench = bench(1);
        bench.databases.packageAsked(PACKAGE);
        bench.databases.refresh();
        TestClient client = bench.get(DATABASE);
        bench.databases.packageAsked(PACKAGE);
        bench.databases.refresh();
        bench.settle();
        assertThat(bench.askedCount()).isEqualTo(1);

        bench.lastAskedDeliversUnsigned(FIRST);

        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseBesideAPackageThatWasAskedForIsLookedFor() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(IN_EXTRA);
        bench.lastAskedDelivers(FILE);
        assertGets(client, FILE);

        bench.databases.refresh();
        bench.settle();
        assertThat(bench.request(2)).isEqualTo("m1.example extra.db");
        bench.lastAskedDeliversUnsigned(FIRST);

        TestClient found = bench.get(EXTRA);
        assertThat(found.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(found, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatWasNotFoundIsForgottenUntilItsPackagesAreAskedForAgain() {
        DownloadBench bench = bench(1);
        bench.databases.packageAsked(IN_EXTRA);
        bench.databases.refresh();
        bench.settle();
        bench.lastAskedHasNone();
        bench.databases.refresh();
        bench.settle();
        assertThat(bench.askedCount()).isEqualTo(1);

        bench.databases.packageAsked(IN_EXTRA);
        bench.databases.refresh();
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(2);
        bench.lastAskedHasNone();
        bench.assertNothingIsLeft();
    }

    /** As in {@code ~user/repo/$arch}: nothing in the path says what its database is called. */
    @Test
    void databaseOfAnotherNameThanItsDirectoryIsOfUseAsLongAsItsPackagesAre() {
        RepositoryPath database = TestPaths.path("~eschwartz/repo/x86_64/eschwartz.db");
        RepositoryPath file = TestPaths.path("~eschwartz/repo/x86_64/bash-5.2-1-x86_64.pkg.tar.zst");
        DownloadBench bench = bench(1);
        TestClient client = bench.get(database);
        bench.lastAskedDeliversUnsigned(LISTING);
        assertGets(client, LISTING);
        bench.pass(Duration.ofDays(20));

        bench.databases.packageAsked(file);
        bench.pass(Duration.ofDays(20));
        bench.databases.refresh();
        bench.settle();

        assertThat(bench.requests()).last().isEqualTo("m1.example eschwartz.db");
        assertThat(bench.askedCount()).as("nothing is guessed").isEqualTo(3);
        bench.lastAskedHasNothingNew();
        bench.assertNothingIsLeft();
    }

    // The archive.

    @Test
    void databaseOfAnArchivedDayIsNeverAskedForAgain() {
        RepositoryPath archived = TestPaths.path("archive/2024/02/29/core/os/x86_64/core.db");
        DownloadBench earlier = bench(1);
        TestClient first = earlier.get(archived);
        earlier.lastAskedDelivers(FIRST);
        earlier.lastAskedDelivers(SIGNATURE);
        assertGets(first, FIRST);
        earlier.pass(MAX_STALE.plusDays(1));

        TestClient later = earlier.get(archived);
        assertThat(later.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(later, FIRST);
        earlier.databases.refresh();
        earlier.settle();
        assertThat(earlier.askedCount()).isEqualTo(2);
        earlier.assertNothingIsLeft();

        DownloadBench bench = bench(0);
        TestClient afterAStart = bench.get(archived);
        assertThat(afterAStart.opened().age()).isEmpty();
        assertGets(afterAStart, FIRST);
        assertGets(bench.get(archived.signature()), SIGNATURE);
        bench.assertNothingIsLeft();
    }

    @Test
    void whatIsNoDayOfTheArchiveIsAskedForAgain() {
        RepositoryPath latest = TestPaths.path("archive/last/core/os/x86_64/core.db");
        DownloadBench bench = bench(1);
        TestClient first = bench.get(latest);
        bench.lastAskedDeliversUnsigned(FIRST);
        assertGets(first, FIRST);
        bench.pass(CHECK_INTERVAL);

        TestClient second = bench.get(latest);

        assertThat(bench.askedCount()).isEqualTo(3);
        bench.lastAskedHasNothingNew();
        assertGets(second, FIRST);
        bench.assertNothingIsLeft();
    }

    // The end.

    private static final Reason ENDED = Reason.ABANDONED;

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
        assertThat(bench.fileNames()).containsExactly(".core.db.generation", ".databases", "core.db", "core.db.sig");
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

    @Test
    void checkIntervalBeginsWithTheAnswer() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.pass(Duration.ofSeconds(2));
        bench.lastAskedDeliversUnsigned(FIRST);
        assertGets(client, FIRST);

        bench.pass(CHECK_INTERVAL.minusNanos(1));
        assertGets(bench.get(DATABASE), FIRST);

        assertThat(bench.askedCount()).isEqualTo(2);
    }
}
