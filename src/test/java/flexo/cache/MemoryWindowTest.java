package flexo.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class MemoryWindowTest {
    private static final int BLOCK_BYTES = 64 * 1024;

    private final SpareMemory memory = new SpareMemory(1 << 20);
    private final MemoryWindow window = window(100, 0);

    private MemoryWindow window(long begin, long wholeBytes) {
        return MemoryWindow.open(memory, begin, wholeBytes).orElseThrow();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static ByteBuffer block(int number) {
        byte[] block = new byte[BLOCK_BYTES];
        block[0] = (byte) number;
        return ByteBuffer.wrap(block);
    }

    private String read(long position, int atMost) {
        ByteBuffer target = ByteBuffer.allocate(atMost);
        window.read(target, position);
        return new String(target.array(), 0, target.position(), UTF_8);
    }

    @Test
    void bytesAreReadWhereTheyStandInTheFile() {
        window.append(bytes("abc"), null);
        window.append(bytes("def"), null);

        assertThat(read(100, 10)).isEqualTo("abcdef");
        assertThat(read(104, 1)).isEqualTo("e");
        assertThat(read(106, 10)).as("what is still to come").isEmpty();
        assertThat(read(99, 10)).as("what lies on disk").isEmpty();
    }

    @Test
    void nothingIsForgottenWhileItMayGoToDiskAfterAll() {
        window.append(block(1), null);
        window.forgetBelow(100 + BLOCK_BYTES);

        assertThat(window.hasForgotten(100)).isFalse();
        assertThat(window.fullness()).isZero();
    }

    @Test
    void wholeBlocksThatNobodyNeedsAreForgotten() {
        window.becomeForgetful();
        window.append(block(1), null);
        window.append(block(2), null);
        assertThat(window.fullness()).isEqualTo(2 * BLOCK_BYTES / (double) (1 << 20));

        window.forgetBelow(100 + BLOCK_BYTES + 1);

        assertThat(window.hasForgotten(100)).isTrue();
        assertThat(window.hasForgotten(100 + BLOCK_BYTES - 1)).isTrue();
        assertThat(window.hasForgotten(100 + BLOCK_BYTES)).isFalse();
        assertThat(window.hasForgotten(99)).as("what lies on disk").isFalse();
        assertThat(window.fullness()).isEqualTo(BLOCK_BYTES / (double) (1 << 20));
        assertThat(window.begin()).isEqualTo(100);
    }

    @Test
    void whatIsNeededWholeForgetsNothing() {
        MemoryWindow whole = window(0, 2 * BLOCK_BYTES);
        whole.becomeForgetful();
        whole.append(block(1), null);
        whole.forgetBelow(BLOCK_BYTES);

        assertThat(whole.hasForgotten(0)).isFalse();
    }

    @Test
    void whatIsNeededWholeIsRefusedIfMemoryDoesNotHoldIt() {
        MemoryWindow first = window(0, 1 << 19);
        assertThat(MemoryWindow.open(memory, 0, (1 << 19) + 1)).isEmpty();

        first.giveBackMemory();

        assertThat(MemoryWindow.open(memory, 0, (1 << 19) + 1)).isPresent();
    }

    @Test
    void memoryIsSharedByThoseThatHaveNotGivenItBack() {
        MemoryWindow other = window(0, 0);
        assertThat(memory.sharing()).isEqualTo(2);

        other.giveBackMemory();

        assertThat(memory.sharing()).isEqualTo(1);
    }

    @Test
    void digestBeforeAnyPositionIsKnownAsLongAsItsBlockIsThere() {
        FileDigest digest = new FileDigest();
        digest.update(bytes("what lies on disk"));
        window.becomeForgetful();
        for (int i = 0; i < 2; i++) {
            window.append(block(i), digest);
            digest.update(block(i));
        }

        FileDigest expected = new FileDigest();
        expected.update(bytes("what lies on disk"));
        expected.update(block(0).limit(10));
        assertThat(window.digestBefore(110).finish()).isEqualTo(expected.finish());
        assertThat(window.digestBefore(100 + 2 * BLOCK_BYTES).finish())
                .as("at the end")
                .isEqualTo(digest.copy().finish());

        window.forgetBelow(100 + BLOCK_BYTES);
        assertThat(window.digestBefore(110)).isNull();
    }

    @Test
    void middleIsThatOfWhatIsThere() {
        assertThat(window.middle()).isEqualTo(100);
        window.becomeForgetful();
        window.append(block(1), null);
        window.append(block(2), null);
        assertThat(window.middle()).isEqualTo(100 + BLOCK_BYTES);

        window.forgetBelow(100 + BLOCK_BYTES);

        assertThat(window.middle()).isEqualTo(100 + BLOCK_BYTES + BLOCK_BYTES / 2);
    }
}
