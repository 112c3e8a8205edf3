package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Damage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever a Range header says, it means a part that lies within the file, nothing, or the whole. */
class ByteRangeFuzzTest {
    private static final int ROUNDS = 100_000 * Integer.getInteger("flexo.test.effort", 1);
    private static final List<String> HEADERS =
            List.of("bytes=0-", "bytes=100-199", "bytes=-100", "bytes = 5 - 7", "bytes=0-1,5-6", "BYTES=7-7");
    private static final List<Long> LENGTHS = List.of(0L, 1L, 100L, 150L, 6L << 30, Long.MAX_VALUE);
    private static final String[] WORDS =
            ("-|=|,| |bytes|0|1|9|99999999999999999|9223372036854775807|9223372036854775808|+|0x10|\t|\u0000|"
                            + "\u0663|½|"
                            + "9".repeat(300))
                    .split("\\|");

    @Test
    void everyRangeLiesWithinTheFile() {
        Damage damage = new Damage(1, WORDS);
        int parts = 0;

        for (int round = 0; round < ROUNDS; round++) {
            String header = damage.of(damage.oneOf(HEADERS));
            long length = damage.oneOf(LENGTHS);
            var slice = ByteRange.parse(header).flatMap(range -> range.of(length));
            if (slice.isPresent()) {
                parts++;
                assertThat(slice.get().start()).as(header).isBetween(0L, length);
                assertThat(slice.get().end()).as(header).isBetween(slice.get().start(), length);
            }
        }

        assertThat(parts).isGreaterThan(ROUNDS / 20);
    }
}
