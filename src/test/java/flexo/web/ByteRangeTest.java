package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Seeds;
import flexo.web.ByteRange.Slice;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    private static final long SIX_GIB = 6L << 30;

    @ParameterizedTest
    @CsvSource({
        // N-
        "bytes=0-, 0, 1000",
        "bytes=1-, 1, 1000",
        "bytes=999-, 999, 1000",
        // N-M, both inclusive
        "bytes=0-0, 0, 1",
        "bytes=0-999, 0, 1000",
        "bytes=10-19, 10, 20",
        "bytes=999-999, 999, 1000",
        // the end beyond the file's
        "bytes=10-1000, 10, 1000",
        "bytes=10-99999999999999999999999999, 10, 1000",
        "bytes=0-9223372036854775807, 0, 1000",
        // -N
        "bytes=-1, 999, 1000",
        "bytes=-1000, 0, 1000",
        "bytes=-1001, 0, 1000",
        "bytes=-99999999999999999999999999, 0, 1000",
        // spellings
        "Bytes=10-19, 10, 20",
        "BYTES=10-19, 10, 20",
        "'  bytes=10-19  ', 10, 20",
        "bytes = 10 - 19, 10, 20",
        "bytes=010-0019, 10, 20",
    })
    void rangeOfAFileOf1000BytesIsTheseBytes(String header, long start, long end) {
        assertThat(slice(header, 1000)).contains(new Slice(start, end));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=1000-",
                "bytes=1000-1000",
                "bytes=1001-2000",
                "bytes=-0",
                "bytes=9223372036854775807-",
                "bytes=9223372036854775808-",
                "bytes=99999999999999999999999999-",
                "bytes=99999999999999999999999999-99999999999999999999999999",
            })
    void rangeWithNoByteOfTheFileCannotBeSatisfied(String header) {
        assertThat(ByteRange.parse(header)).isPresent();
        assertThat(slice(header, 1000)).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=--1",
                "bytes=a-b",
                "bytes=1",
                "bytes=1.0-2",
                "bytes=+1-2",
                "bytes=0x1-",
                "bytes=19-10",
                "bytes=1 0-",
                "bytes=\u0661-",
                "bytes:0-1",
                "octets=0-1",
                "lines=1-2",
                "bytes=0-1,5-9",
                "bytes=0-1,",
                "bytes=,0-1",
                "bytes=0-,-1",
                "0-1",
            })
    void whatIsNoSingleRangeMeansTheWholeFile(String header) {
        assertThat(ByteRange.parse(header)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=4294967296-, 4294967296, 6442450944",
        "bytes=4294967295-4294967296, 4294967295, 4294967297",
        "bytes=-4, 6442450940, 6442450944",
        "bytes=2147483648-6442450943, 2147483648, 6442450944",
        "bytes=6442450943-, 6442450943, 6442450944",
    })
    void rangesBeyond4GiBAreExact(String header, long start, long end) {
        assertThat(slice(header, SIX_GIB)).contains(new Slice(start, end));
    }

    @Test
    void firstByteBeyondALargeFileCannotBeSatisfied() {
        assertThat(slice("bytes=" + SIX_GIB + "-", SIX_GIB)).isEmpty();
    }

    @Test
    void sliceAlwaysLiesInTheFile() {
        Seeds.upTo(2000, random -> {
            long first = anySize(random);
            long last = anySize(random);
            long length = Math.max(1, anySize(random));
            for (String header : List.of("bytes=" + first + "-", "bytes=-" + last, "bytes=" + first + "-" + last)) {
                slice(header, length)
                        .ifPresent(slice -> assertThat(slice)
                                .as(header + " of " + length)
                                .matches(s -> 0 <= s.start() && s.start() < s.end() && s.end() <= length));
            }
        });
    }

    /** From 0 to the largest, small ones as often as large ones. */
    private static long anySize(Random random) {
        return random.nextLong() >>> (1 + random.nextInt(Long.SIZE));
    }

    private static Optional<Slice> slice(String header, long lengthBytes) {
        return ByteRange.parse(header).flatMap(range -> range.of(lengthBytes));
    }
}
