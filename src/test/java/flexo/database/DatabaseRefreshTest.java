package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.LATER;
import static flexo.database.DatabaseStates.SECOND;
import static flexo.database.DatabaseStates.SIGNATURE;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.download.DownloadBench;
import flexo.download.Opened.Origin;
import flexo.download.TestClient;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.TestPaths;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases that are checked without a client, and which ones are. */
class DatabaseRefreshTest {
    private static final byte[] FILE = body(1000);
    private static final byte[] LISTING =
            new RepositoryDatabaseFile().add("bash", "5.2-1", FILE, MODIFIED).bytes();
    private static final RepositoryPath EXTRA = TestPaths.path("extra/os/x86_64/extra.db");
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
    void databasesOfMoreThanAThousandUnknownDirectoriesAreNotLookedFor() {
        DownloadBench bench = bench(1);
        for (int number = 0; number < 1100; number++) {
            bench.databases.packageAsked(TestPaths.path("r" + number + "/os/x86_64/p-1-1-any.pkg.tar.zst"));
        }

        bench.databases.refresh();
        bench.settle();
        for (int request = 1; request <= bench.askedCount(); request++) {
            bench.asked(request).responds(status(404));
            bench.settle();
        }

        assertThat(bench.askedCount()).isEqualTo(1000);
        bench.assertNothingIsLeft();
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
}
