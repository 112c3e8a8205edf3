package flexo.download;

import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.ContentHead;
import flexo.cache.PackageCache;
import flexo.cache.PartFile;
import flexo.cache.SpareMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers of a file in memory, of which four blocks are all that it may take. */
class ReadersTest {
    private static final int BLOCK = 64 << 10;
    private static final byte[] BODY = body(10 * BLOCK);

    @TempDir
    private Path directory;

    private final List<String> told = new ArrayList<>();
    private final Readers readers = new Readers(PACKAGE);
    private final Runnable fast = reader("fast");
    private final Runnable slow = reader("slow");
    private PartFile part;
    private long written;

    private Runnable reader(String name) {
        return () -> told.add(name);
    }

    @BeforeEach
    void leaveDisk() throws IOException {
        part = new PackageCache(directory, new SpareMemory(4 * BLOCK))
                .create(PACKAGE, new ContentHead(BODY.length, MODIFIED));
        assertThat(part.leaveDisk(0, 0)).isTrue();
        part.giveUpDisk();
    }

    @AfterEach
    void close() throws IOException {
        part.close();
    }

    private void write(int blocks) throws IOException {
        for (int i = 0; i < blocks; i++) {
            part.write(ByteBuffer.wrap(slice(BODY, (int) written, (int) written + BLOCK)), written);
            written += BLOCK;
        }
    }

    private boolean waits() {
        return readers.waitForRoom(part, written, () -> told.add("room"));
    }

    private void tellIfThereIsRoom() {
        readers.forgetWhatAllHave(part, written).run();
    }

    @Test
    void whoWaitsIsWokenOnceAndInTurn() {
        readers.await(slow);
        readers.await(fast);
        readers.await(slow);

        readers.takeWaiting().run();
        readers.takeWaiting().run();

        assertThat(told).containsExactly("slow", "fast");
    }

    @Test
    void whoFailsWhenWokenCostsTheOthersNothing() {
        readers.await(() -> {
            throw new IllegalStateException("broken in the test");
        });
        readers.await(fast);

        readers.takeWaiting().run();

        assertThat(told).containsExactly("fast");
    }

    @Test
    void whoIsForgottenIsNotWoken() {
        readers.await(slow);
        readers.forget(slow);

        readers.takeWaiting().run();

        assertThat(told).isEmpty();
    }

    @Test
    void whatOneHasNotReadIsKeptForIt() throws IOException {
        readers.enter();
        write(2);
        readers.has(fast, 2 * BLOCK);

        tellIfThereIsRoom();
        assertThat(part.hasForgotten(0)).as("one has not begun").isFalse();

        readers.has(slow, BLOCK);
        tellIfThereIsRoom();
        assertThat(part.hasForgotten(BLOCK - 1)).isTrue();
        assertThat(part.hasForgotten(BLOCK)).isFalse();
    }

    @Test
    void whatReadersMayNotHaveYetIsKeptThoughAllHaveLeft() throws IOException {
        write(2);
        readers.leave();
        readers.has(fast, 0);
        readers.forget(fast);
        written = BLOCK;

        tellIfThereIsRoom();

        assertThat(part.hasForgotten(BLOCK - 1)).isTrue();
        assertThat(part.hasForgotten(BLOCK)).isFalse();
    }

    @Test
    void whoFetchesWaitsFromAFullShareToHalfOfIt() throws IOException {
        readers.has(fast, 0);
        write(3);
        assertThat(waits()).isFalse();
        write(1);
        assertThat(waits()).isTrue();

        readers.has(fast, BLOCK);
        tellIfThereIsRoom();
        assertThat(told).isEmpty();

        readers.has(fast, 2 * BLOCK);
        tellIfThereIsRoom();
        tellIfThereIsRoom();
        assertThat(told).containsExactly("room");
    }

    @Test
    void nobodyIsLeftBehindWhileNobodyWaits() throws IOException {
        readers.has(slow, 10);
        write(4);

        assertThat(readers.leaveSlowOnesBehind(part)).isFalse();

        assertThat(readers.leftBehind(slow, 10, part)).isEmpty();
        assertThat(readers.needMore()).isTrue();
    }

    @Test
    void whoHoldsOthersUpIsLeftBehindWhereItIs() throws IOException {
        readers.enter();
        readers.has(slow, 10);
        write(4);
        readers.has(fast, written);
        readers.await(fast);

        assertThat(readers.leaveSlowOnesBehind(part)).isTrue();

        assertThat(readers.leftBehind(slow, 10, part))
                .map(PartFile.Mark::position)
                .contains(10L);
        assertThat(readers.leftBehind(fast, written, part)).isEmpty();
        tellIfThereIsRoom();
        assertThat(part.hasForgotten(10)).isTrue();
        readers.leave();
        assertThat(readers.needMore()).as("the other one reads elsewhere").isFalse();
    }

    @Test
    void whoHasNotBegunIsLeftBehindAtTheFront() throws IOException {
        readers.enter();
        write(4);
        readers.has(fast, written);
        readers.await(fast);
        readers.leaveSlowOnesBehind(part);
        tellIfThereIsRoom();

        assertThat(readers.leftBehind(slow, 0, part))
                .map(PartFile.Mark::position)
                .contains(0L);
    }

    @Test
    void placeOfWhoIsLeftBehindIsNotKeptForItAgain() throws IOException {
        readers.enter();
        readers.has(slow, 10);
        write(4);
        readers.has(fast, written);
        readers.await(fast);
        readers.leaveSlowOnesBehind(part);

        readers.has(slow, 20);
        tellIfThereIsRoom();

        assertThat(part.hasForgotten(20)).isTrue();
    }
}
