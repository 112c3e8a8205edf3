package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadFailure.Reason;
import flexo.testing.FileContent;
import flexo.testing.LogLines;
import flexo.testing.RefusingDisk;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that seems to have room and refuses a file in its middle: it is full, or a quota is exceeded. */
class RefusedHalfWayTest {
    private static final byte[] BODY = body(1000);
    private static final String FULL = "No space left on device";
    private static final String QUOTA = "Disk quota exceeded";

    @TempDir
    private Path directory;

    /** The disk takes 400 bytes of a file, after what is noted beside it. */
    private static RefusingDisk disk(String message) {
        return new RefusingDisk(500, message);
    }

    private static void assertGot(TestClient client) {
        assertThat(Arrays.equals(client.reads().received(), BODY))
                .as("the client got just the file")
                .isTrue();
        client.leaves();
    }

    /** A mirror has sent more than the disk takes. */
    private static TestClient halfWay(DownloadBench bench) {
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 300);
        assertThat(bench.part(PACKAGE)).exists();
        bench.asked(1).sends(slice(BODY, 300, 700));
        bench.settle();
        return client;
    }

    private static void mirrorSendsTheRest(DownloadBench bench) {
        bench.asked(1).sends(slice(BODY, 700, 1000));
        bench.asked(1).ends();
        bench.settle();
    }

    @ParameterizedTest
    @ValueSource(strings = {FULL, QUOTA})
    void roomIsAskedForAndTheFileIsCachedIfItIsMade(String message) {
        RefusingDisk disk = disk(message);
        DownloadBench bench = new DownloadBench(disk.of(directory), 1);
        TestClient client = halfWay(bench);
        assertThat(bench.room.wanted()).as("what is still missing").containsExactly(700L);

        disk.grow(5000);
        bench.room.wasTried();
        bench.settle();
        mirrorSendsTheRest(bench);

        assertGot(client);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        assertThat(directory.resolve(PACKAGE.toString())).hasBinaryContent(BODY);
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {FULL, QUOTA})
    void withoutRoomEachClientGoesOnAtTheRefusedByteAndNothingIsLeft(String message) {
        DownloadBench bench = new DownloadBench(disk(message).of(directory), 1);
        List<String> told = LogLines.of(CacheDisk.class, Level.WARNING, () -> {
            TestClient client = halfWay(bench);
            TestClient joiner = bench.get(PACKAGE, OTHER_CLIENT);
            bench.room.wasTried();
            bench.settle();
            assertThat(client.reads().received()).as("what the disk took").hasSize(300);
            bench.settle();
            assertThat(bench.asked(2).fromByte()).isEqualTo(300);
            bench.lastAskedDelivers(BODY);
            joiner.reads();
            bench.settle();
            bench.lastAskedDelivers(BODY);
            assertGot(client);
            assertGot(joiner);
        });

        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(bench.fileNames()).isEmpty();
        assertThat(told)
                .singleElement()
                .asString()
                .contains(message, PACKAGE.toString(), "user " + System.getProperty("user.name"));
        bench.assertNothingIsLeft();
    }

    @Test
    void restOfAFileIsProvenWithTheBytesBeforeIt() {
        DownloadBench bench = new DownloadBench(disk(FULL).of(directory), 1);
        bench.list(BODY.length, FileContent.of(BODY).sha256());
        TestClient client = halfWay(bench);
        bench.room.wasTried();
        bench.settle();
        client.reads();
        bench.settle();
        byte[] wrong = BODY.clone();
        wrong[999]++;
        bench.lastAskedDelivers(wrong);

        assertThat(client.reads().hasAll()).isFalse();
        assertThat(client.cutBecause().reason()).isEqualTo(Reason.BAD_ANSWERS);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void restOfAFileThatAnEarlierDownloadBeganIsProvenWithTheBytesOnDisk() {
        DownloadBench bench = new DownloadBench(new RefusingDisk(500, FULL).of(directory), 1);
        bench.list(BODY.length, FileContent.of(BODY).sha256());
        bench.leave(PACKAGE, slice(BODY, 0, 400), BODY.length, DownloadBench.MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).fromByte()).isEqualTo(400);
        bench.lastAskedSends(BODY, 700);
        bench.room.wasTried();
        bench.settle();
        client.reads();
        bench.settle();
        assertThat(bench.asked(2).fromByte()).isEqualTo(400);
        bench.lastAskedDelivers(BODY);

        assertGot(client);
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseGoesOnInMemoryByTheSameRequest() {
        byte[] database = DownloadBench.database("1");
        DownloadBench bench = new DownloadBench(new RefusingDisk(100, FULL).of(directory), 1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedSends(database, 60);
        bench.asked(1).sends(slice(database, 60, 200));
        bench.room.wasTried();
        bench.settle();
        bench.asked(1).sends(slice(database, 200, database.length));
        bench.asked(1).ends();
        bench.settle();
        bench.lastAskedHasNone();

        TestClient.assertGets(client, database);
        assertThat(bench.askedCount()).as("the database, and its signature").isEqualTo(2);
        assertThat(bench.fileNames()).doesNotContain(".core.db.part");
        bench.assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {FULL, QUOTA})
    void nextFileTriesTheDiskAnew(String message) {
        RefusingDisk disk = disk(message);
        DownloadBench bench = new DownloadBench(disk.of(directory), 1);
        TestClient client = halfWay(bench);
        bench.room.wasTried();
        bench.settle();
        client.reads();
        bench.settle();
        bench.lastAskedDelivers(BODY);
        assertGot(client);
        assertThat(bench.context.disk().isRefusing()).isTrue();

        disk.grow(5000);
        TestClient next = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);

        assertGot(next);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        assertThat(bench.context.disk().isRefusing()).isFalse();
        bench.assertNothingIsLeft();
    }
}
