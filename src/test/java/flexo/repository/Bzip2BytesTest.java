package flexo.repository;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What bzip2 has packed is unpacked, and nothing else. */
class Bzip2BytesTest {
    /** What bzip2 makes of nothing. */
    private static final byte[] NOTHING = HexFormat.of().parseHex("425a683917724538509000000000");

    /** Runs of every length and value, and then four blocks without any. */
    private static byte[] content() {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 0; i < 1500; i++) {
            for (int times = i % 260; times > 0; times--) {
                content.write(i);
            }
        }
        for (int i = 0; i < 250_000; i++) {
            content.write(i * 7 + i / 256);
        }
        return content.toByteArray();
    }

    /** The same, packed by bzip2 1.0.8 in blocks of 100 kB. */
    private static byte[] packed() throws IOException {
        try (InputStream in = Bzip2BytesTest.class.getResourceAsStream("blocks.bz2")) {
            return in.readAllBytes();
        }
    }

    private static byte[] unpacked(byte[]... pieces) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        try (InputStream in = new Bzip2Bytes(new ByteArrayInputStream(all.toByteArray()))) {
            return in.readAllBytes();
        }
    }

    @Test
    void runsAndBlocksAreUnpacked() throws IOException {
        assertThat(unpacked(packed())).isEqualTo(content());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 511, 100_000})
    void itDoesNotMatterHowManyAreReadAtOnce(int count) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (InputStream in = new Bzip2Bytes(new ByteArrayInputStream(packed()))) {
            byte[] some = new byte[count];
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                assertThat(read).isPositive();
                all.write(some, 0, read);
            }
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(all.toByteArray()).isEqualTo(content());
    }

    @Test
    void severalStreamsAreOneFileEvenIfTheyAreEmpty() throws IOException {
        assertThat(unpacked(NOTHING, packed(), NOTHING, packed(), new byte[1000]))
                .hasSize(2 * content().length);
        assertThat(unpacked(NOTHING)).isEmpty();
    }

    @Test
    void streamsWithoutEndTakeNoStack() throws IOException {
        byte[][] pieces = new byte[100_000][];
        Arrays.fill(pieces, NOTHING);

        assertThat(unpacked(pieces)).isEmpty();
    }

    @Test
    void changedByteIsToldWhereverItIsUnlessItMakesNoDifference() throws IOException {
        byte[] packed = packed();
        byte[] content = content();
        int refused = 0;
        int same = 0;
        for (int i = 0; i < packed.length; i += 1 + i / 20) {
            byte[] changed = packed.clone();
            changed[i] ^= 0x10;
            try {
                assertThat(Arrays.equals(unpacked(changed), content))
                        .as("what is not refused is the same; byte " + i)
                        .isTrue();
                same++;
            } catch (IOException e) {
                refused++;
            }
        }
        // Lengths of codes that do not occur make no difference.
        assertThat(refused).isGreaterThan(10 * same);
    }

    @Test
    void cutOffFileIsCalledThat() throws IOException {
        byte[] packed = packed();
        for (int length : new int[] {0, 3, 4, 10, 14, 100, packed.length / 2, packed.length - 1}) {
            assertThatExceptionOfType(EOFException.class)
                    .as("the first " + length + " bytes")
                    .isThrownBy(() -> unpacked(Arrays.copyOf(packed, length)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "BZ", "<html>", "\0\0x", "BZh0", "BZip"})
    void whateverFollowsIsRefused(String text) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> unpacked(packed(), text.getBytes(ISO_8859_1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Randomised; without values; without tables; a start outside; more codes than groups; a code too long.
                "8000000000000000000000000000",
                "00000000000000000000000000000000",
                "000000400080000000000000000000000000",
                "0000004000c000000000000000000000000000",
                "00000040008ffff00000000000000000000000",
                "000000400080800100000000000000000000000000000000"
            })
    void blockThatMakesNoSenseIsRefused(String block) {
        byte[] head = HexFormat.of().parseHex("425a683131415926535900000000");

        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> unpacked(head, HexFormat.of().parseHex(block))));
    }
}
