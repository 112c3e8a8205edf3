package flexo.config;

import flexo.retention.StorageSize;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/** Parses sizes on disk: {@code 20 GiB}, or {@code 80 %} of the file system. */
final class StorageSizes {
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

    private StorageSizes() {}

    /** {@return a size from a text such as {@code 20 GiB} or {@code 80 %}; the unit is required} */
    static Optional<StorageSize> parse(String text) {
        if (text.endsWith("%")) {
            return PlainValues.percentage(text).filter(share -> share > 0).map(share -> new StorageSize(0, share));
        }
        return parseBytes(text).map(bytes -> new StorageSize(bytes, 0));
    }

    /** {@return the bytes in a text such as {@code 20 GiB}; the unit is required, and no percent} */
    static Optional<Long> parseBytes(String text) {
        return Quantity.parse(text)
                .filter(quantity -> UNITS.containsKey(quantity.unit()))
                .map(quantity -> quantity.number().multiply(BigDecimal.valueOf(UNITS.get(quantity.unit()))))
                .filter(bytes -> bytes.compareTo(BigDecimal.ONE) >= 0 && bytes.compareTo(MOST_BYTES) <= 0)
                .map(bytes -> bytes.setScale(0, RoundingMode.DOWN).longValueExact());
    }
}
