package flexo.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/**
 * A size on disk, as a number of bytes or as a share of the file system.
 *
 * @param bytes positive, or 0 if it is a share
 * @param share above 0 and up to 1, or 0 if it is a number of bytes
 */
public record StorageSize(long bytes, double share) {
    private static final Map<String, Long> UNITS = Map.of(
            "kb",
            1000L,
            "mb",
            1000_000L,
            "gb",
            1000_000_000L,
            "tb",
            1000_000_000_000L,
            "kib",
            1L << 10,
            "mib",
            1L << 20,
            "gib",
            1L << 30,
            "tib",
            1L << 40);

    /** More than any disk. */
    private static final BigDecimal MOST_BYTES = BigDecimal.valueOf(1L << 60);

    /**
     * How much it is.
     *
     * @param totalBytes the size of the file system
     */
    public long of(long totalBytes) {
        return bytes > 0 ? bytes : Math.round(share * totalBytes);
    }

    /** {@return a size of a text such as {@code 20 GiB} or {@code 80 %}; a unit must be written} */
    static Optional<StorageSize> parse(String text) {
        if (text.endsWith("%")) {
            return PlainValues.percentage(text).filter(share -> share > 0).map(share -> new StorageSize(0, share));
        }
        return parseBytes(text).map(bytes -> new StorageSize(bytes, 0));
    }

    /** {@return the bytes in a text such as {@code 20 GiB}; a unit must be written, and it must be one of bytes} */
    static Optional<Long> parseBytes(String text) {
        return Quantity.parse(text)
                .filter(quantity -> UNITS.containsKey(quantity.unit()))
                .map(quantity -> quantity.number().multiply(BigDecimal.valueOf(UNITS.get(quantity.unit()))))
                .filter(bytes -> bytes.compareTo(BigDecimal.ONE) >= 0 && bytes.compareTo(MOST_BYTES) <= 0)
                .map(bytes -> bytes.setScale(0, RoundingMode.DOWN).longValueExact());
    }
}
