package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.SIGNATURE;
import static flexo.download.DownloadBench.CHECK_INTERVAL;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.DATABASE_SIGNATURE;
import static flexo.download.DownloadBench.MAX_STALE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.Validators;
import flexo.download.DownloadBench;
import flexo.download.DownloadFailure.Reason;
import flexo.download.ExpectedFile;
import flexo.download.Opened.Origin;
import flexo.download.Responses;
import flexo.download.ScriptedMirrors;
import flexo.download.TestClient;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All databases together: what an earlier run has left of them, and those of the archive. */
class DatabasesTest {
    private static final byte[] FILE = body(1000);
    private static final byte[] LISTING =
            new RepositoryDatabaseFile().add("bash", "5.2-1", FILE, MODIFIED).bytes();
    private static final RepositoryPath IN_EXTRA = TestPaths.path("extra/os/x86_64/zsh-5.9-1-x86_64.pkg.tar.zst");

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    /** What an earlier run leaves. */
    private void earlierRunFetches(byte[] database) {
        DownloadBench.earlierRunFetches(directory, database, SIGNATURE);
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
    void signatureOfAnEarlierRunIsCheckedLikeItsDatabase() {
        earlierRunFetches(FIRST);
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE_SIGNATURE);
        bench.lastAskedHasNothingNew();

        bench.lastAskedDelivers(SIGNATURE);

        assertThat(bench.requests()).containsExactly("m1.example core.db", "m1.example core.db.sig");
        assertGets(client, SIGNATURE);
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

        bench.databases.readCurrent();

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
    void whoeverAsksOnceOthersWereToldOfAFailureHasMirrorsAskedAgain() {
        DownloadBench bench = bench(1);
        TestClient first = bench.get(DATABASE);
        first.whenAnswered(() -> bench.getUnsettled(DATABASE));

        bench.lastAskedDelivers("<html>Log in</html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        bench.settle();

        assertThat(first.isRefused()).isTrue();
        assertThat(bench.askedCount()).isEqualTo(2);
    }

    @Test
    void timestampAsLongAsABookIsNone() {
        DownloadBench bench = bench(1);
        bench.get(TestPaths.path("lastsync"));

        assertThat(bench.asked(1).responds(whole(64 * 1024 + 1))).isFalse();
    }

    @Test
    void whatWasKeptOfADirectoryGivesWayToADatabaseInIt() throws IOException {
        Files.writeString(Files.createDirectories(directory).resolve("core"), "<html>");
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);

        bench.lastAskedDeliversUnsigned(FIRST);

        assertGets(client, FIRST);
        assertThat(bench.target(DATABASE)).hasBinaryContent(FIRST);
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

    // More than are kept.

    private static RepositoryPath day(int number) {
        return TestPaths.path("archive/20%02d/01/01/core/os/x86_64/core.db".formatted(number));
    }

    private static void fetch(DownloadBench bench, RepositoryPath database) {
        TestClient client = bench.get(database);
        bench.lastAskedDeliversUnsigned(LISTING);
        assertGets(client, LISTING);
    }

    @Test
    void daysOfTheArchiveDoNotStayOpenForEver() {
        DownloadBench bench = bench(1);
        fetch(bench, DATABASE);
        for (int number = 0; number < IdleDatabases.MOST + 20; number++) {
            fetch(bench, day(number));
        }
        assertThat(bench.databases.open()).isEqualTo(1 + IdleDatabases.MOST);
        if (Files.isDirectory(Path.of("/proc/self/fd"))) {
            assertThat(bench.openFiles()).hasSize(1 + IdleDatabases.MOST).anyMatch(name -> name.contains("archive"));
        }
        int asked = bench.askedCount();

        assertGets(bench.get(day(0)), LISTING);
        assertGets(bench.get(DATABASE), LISTING);

        assertThat(bench.askedCount()).as("requests to mirrors").isEqualTo(asked);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatSomebodyReadsIsReadOnThoughItIsClosedForOthers() {
        DownloadBench bench = bench(1);
        fetch(bench, day(0));
        TestClient reader = bench.get(day(0));
        for (int number = 1; number <= IdleDatabases.MOST; number++) {
            fetch(bench, day(number));
        }

        assertGets(reader, LISTING);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatIsBeingCheckedStaysOpen() {
        DownloadBench bench = bench(1);
        fetch(bench, DATABASE);
        bench.pass(CHECK_INTERVAL);
        var checked = bench.databases.refresh(List.of(DATABASE), Duration.ofDays(1));
        bench.settle();
        ScriptedMirrors.Asked check = bench.client.last();
        for (int number = 0; number <= IdleDatabases.MOST; number++) {
            fetch(bench, TestPaths.path("repo" + number + "/os/x86_64/repo" + number + ".db"));
        }

        assertThat(check.responds(Responses.status(304))).isFalse();
        bench.settle();

        assertThat(checked).isCompleted();
        assertGets(bench.get(DATABASE), LISTING);
        bench.assertNothingIsLeft();
    }

    @Test
    void refreshLeavesAloneWhatNeverChanges() {
        DownloadBench bench = bench(1);
        fetch(bench, day(0));
        bench.assertNothingIsLeft();
        DownloadBench later = bench(1);

        later.databases.refresh();
        later.settle();

        assertThat(later.databases.open()).isZero();
        assertThat(later.databases.listingPackages()).isEmpty();
        assertThat(later.databases
                        .learned(TestPaths.path(day(0).directory() + "/" + PACKAGE.fileName()))
                        .sha256())
                .isPresent();
        later.assertNothingIsLeft();
    }
}
