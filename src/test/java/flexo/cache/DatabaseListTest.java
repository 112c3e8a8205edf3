package flexo.cache;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseListTest {
    private static final RepositoryPath CORE = path("core/os/x86_64/core.db");
    private static final RepositoryPath EXTRA = path("extra/os/x86_64/extra.db");
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final Duration APART = Duration.ofHours(6);

    /** It warns of every line that it leaves out, as it should; not into the output of the build. */
    private static final Logger HUSHED = Logger.getLogger(DatabaseList.class.getName());

    static {
        HUSHED.setUseParentHandlers(false);
    }

    @TempDir
    private Path root;

    private Path file() {
        return root.resolve("databases");
    }

    private DatabaseList read() {
        return DatabaseList.read(root);
    }

    private DatabaseList withCore() throws IOException {
        DatabaseList list = read();
        list.add(CORE, NOON);
        list.store();
        return list;
    }

    @Test
    void storedListIsReadByTheNextRun() throws IOException {
        DatabaseList list = read();
        RepositoryPath odd =
                path("a b%/os/%25/ä.db".replace("%", "%25").replace(" ", "%20").replace("ä", "%C3%A4"));
        list.add(CORE, NOON);
        list.add(odd, NOON.minusSeconds(10));
        list.store();

        DatabaseList next = read();

        assertThat(next.all()).containsExactly(CORE, odd);
        assertThat(next.usedSince(NOON)).containsExactly(CORE);
        assertThat(next.usedSince(NOON.minusSeconds(10))).containsExactly(CORE, odd);
        assertThat(next.usedSince(NOON.plusSeconds(1))).isEmpty();
    }

    @Test
    void databaseThatIsAddedAgainKeepsItsLastUse() throws IOException {
        DatabaseList list = withCore();

        list.add(CORE, NOON.plus(Duration.ofDays(1)));

        assertThat(list.usedSince(NOON.plusSeconds(1))).isEmpty();
    }

    @Test
    void useCountsOnlyOfWhatIsInTheListAndNotAgainWithinSixHours() throws IOException {
        DatabaseList list = withCore();
        Files.delete(file());
        list.used(EXTRA, NOON);
        list.used(CORE, NOON.plus(APART));
        list.store();
        assertThat(list.all()).containsExactly(CORE);
        assertThat(list.usedSince(NOON.plusSeconds(1))).isEmpty();
        assertThat(file()).as("nothing to be written").doesNotExist();

        list.used(CORE, NOON.plus(APART).plusSeconds(1));
        list.store();

        assertThat(read().usedSince(NOON.plus(APART).plusSeconds(1))).containsExactly(CORE);
    }

    @Test
    void useByAWrongClockDoesNotCountForYears() throws IOException {
        DatabaseList list = withCore();
        list.used(CORE, NOON.plus(Duration.ofDays(3650)));
        list.used(CORE, NOON.plus(Duration.ofDays(1)));

        assertThat(list.usedSince(NOON.plus(Duration.ofDays(2)))).isEmpty();
        assertThat(list.usedSince(NOON.plus(Duration.ofDays(1)))).containsExactly(CORE);
    }

    @Test
    void linesThatCannotBeReadAreLeftOut() throws IOException {
        withCore();
        Files.writeString(
                file(),
                "nonsense\n\nx core/os/x86_64/core.db\n1 ../core.db\n1 \n99999999999999999999 a.db\n"
                        + NOON.getEpochSecond() + " extra/os/x86_64/extra.db\n");

        assertThat(read().all()).containsExactly(EXTRA);
    }

    @Test
    void listThatCannotBeReadIsEmpty() throws IOException {
        Files.createDirectory(file());
        assertThat(read().all()).isEmpty();
        Files.delete(file());
        Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, '\n'});
        assertThat(read().all()).isEmpty();
    }

    @Test
    void cacheDirectoryIsMadeIfNeeded() throws IOException {
        DatabaseList list = DatabaseList.read(root.resolve("cache"));
        list.add(CORE, NOON);

        list.store();

        assertThat(DatabaseList.read(root.resolve("cache")).all()).containsExactly(CORE);
    }

    @Test
    void whatCouldNotBeWrittenIsWrittenNextTime() throws IOException {
        DatabaseList list = withCore();
        list.add(EXTRA, NOON);
        Path inTheWay = Files.createDirectories(root.resolve("databases.next/in the way"));
        list.store();
        assertThat(read().all()).as("the former one is whole").containsExactly(CORE);
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());

        list.store();

        assertThat(read().all()).containsExactly(CORE, EXTRA);
    }

    @Test
    void severalMayStoreAtOnce() throws Exception {
        DatabaseList list = read();
        int threads = 4;
        int each = 200;
        CountDownLatch begin = new CountDownLatch(1);
        ExecutorService storing = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                String directory = "repo" + thread + "/";
                all.add(storing.submit(() -> {
                    begin.await();
                    for (int i = 0; i < each; i++) {
                        list.add(path(directory + i + ".db"), NOON);
                        list.store();
                    }
                    return null;
                }));
            }
            begin.countDown();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            storing.shutdownNow();
        }

        assertThat(read().all()).hasSize(threads * each);
    }

    @Test
    void onlySoManyAreRemembered() {
        DatabaseList list = read();
        list.add(CORE, NOON);
        List<RepositoryPath> dropped = new ArrayList<>();
        for (int number = 0; number < DatabaseList.MOST; number++) {
            list.used(CORE, NOON);
            dropped.addAll(list.add(path("archive/" + number + "/core.db"), NOON));
        }

        assertThat(list.all()).hasSize(DatabaseList.MOST).contains(CORE);
        assertThat(dropped).containsExactly(path("archive/0/core.db"));
        list.store();
        assertThat(read().all()).hasSize(DatabaseList.MOST);
    }
}
