package flexo.download;

import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.LogLines;
import flexo.testing.RefusingDisk;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
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
    void withoutRoomAllClientsGetTheFileByOneRequestAndNothingIsLeft(String message) {
        DownloadBench bench = new DownloadBench(disk(message).of(directory), 1);
        List<String> told = LogLines.of(CacheDisk.class, Level.WARNING, () -> {
            TestClient client = halfWay(bench);
            TestClient joiner = bench.get(PACKAGE, OTHER_CLIENT);
            bench.room.wasTried();
            bench.settle();
            mirrorSendsTheRest(bench);
            assertGot(client);
            assertGot(joiner);
        });

        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(bench.fileNames()).isEmpty();
        assertThat(told)
                .singleElement()
                .asString()
                .contains(message, PACKAGE.toString(), "user " + System.getProperty("user.name"));
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
        mirrorSendsTheRest(bench);
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
