package flexo.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipeTest {
    private static final byte[] BODY = DownloadBench.body(10 * Pipe.FULL_BYTES);

    private final List<String> told = new ArrayList<>();
    private final Pipe pipe = pipe(0);

    private Pipe pipe(long needed) {
        Pipe made = new Pipe(needed);
        made.tell(() -> told.add("turn is over"), () -> told.add("closed"));
        return made;
    }

    private static void write(Pipe pipe, int from, int to) {
        pipe.write(ByteBuffer.wrap(DownloadBench.slice(BODY, from, to)), from);
    }

    private static void assertReads(Pipe pipe, int from, int atMost, int expected) {
        ByteBuffer target = ByteBuffer.allocate(atMost);
        assertThat(pipe.read(target, from)).isEqualTo(expected);
        assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(DownloadBench.slice(BODY, from, from + expected)));
    }

    @Test
    void bytesComeOutAsTheyWentInWhateverThePieces() {
        write(pipe, 0, 10);
        write(pipe, 10, 13);

        assertReads(pipe, 0, 4, 4);
        assertReads(pipe, 4, 8, 8);
        write(pipe, 13, 20);
        assertReads(pipe, 12, 100, 8);
    }

    @Test
    void bytesBeforeTheFirstThatTheReaderNeedsAreDropped() {
        Pipe late = pipe(15);
        write(late, 0, 10);
        write(late, 10, 20);

        assertReads(late, 15, 100, 5);
    }

    @Test
    void whoWritesWaitsFromAFullPipeToHalfOfIt() {
        write(pipe, 0, Pipe.FULL_BYTES - 1);
        assertThat(pipe.waitForRoom(() -> told.add("roomy"))).isFalse();
        write(pipe, Pipe.FULL_BYTES - 1, Pipe.FULL_BYTES);
        assertThat(pipe.waitForRoom(() -> told.add("roomy"))).isTrue();
        told.clear();

        assertReads(pipe, 0, Pipe.FULL_BYTES / 2 - 1, Pipe.FULL_BYTES / 2 - 1);
        assertThat(told).isEmpty();
        assertReads(pipe, Pipe.FULL_BYTES / 2 - 1, 1, 1);
        assertReads(pipe, Pipe.FULL_BYTES / 2, 10, 10);
        assertThat(told).containsExactly("roomy");
    }

    @Test
    void turnIsOverWhenThePipeIsFull() {
        write(pipe, 0, Pipe.FULL_BYTES);
        write(pipe, Pipe.FULL_BYTES, Pipe.FULL_BYTES + 1);

        assertThat(told).containsExactly("turn is over");
        assertThat(pipe.isTurnOver()).isTrue();
    }

    @Test
    void turnOfAFastReaderIsOverToo() {
        int step = Pipe.FULL_BYTES / 2;
        for (int at = 0; at < Pipe.TURN_BYTES; at += step) {
            assertThat(told).isEmpty();
            write(pipe, at, at + step);
            assertReads(pipe, at, step, step);
        }

        assertThat(told).containsExactly("turn is over");
        pipe.close();
        assertThat(told).containsExactly("turn is over", "closed");
    }
}
