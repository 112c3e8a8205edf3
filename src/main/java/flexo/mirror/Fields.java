package flexo.mirror;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of a parsed JSON object, read leniently: a field of an unexpected type counts as absent. */
record Fields(Map<?, ?> values) {

    /** The fields of a value, if it is an object. */
    static Optional<Fields> of(Object value) {
        return value instanceof Map<?, ?> map ? Optional.of(new Fields(map)) : Optional.empty();
    }

    Optional<Fields> object(String name) {
        return of(values.get(name));
    }

    Optional<List<?>> list(String name) {
        return values.get(name) instanceof List<?> list ? Optional.of(list) : Optional.empty();
    }

    Optional<String> text(String name) {
        return values.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    Optional<Boolean> truth(String name) {
        return values.get(name) instanceof Boolean truth ? Optional.of(truth) : Optional.empty();
    }

    Optional<BigDecimal> number(String name) {
        return values.get(name) instanceof BigDecimal number ? Optional.of(number) : Optional.empty();
    }

    /** A finite number within the range of a double. */
    Optional<Double> real(String name) {
        return number(name).map(BigDecimal::doubleValue).filter(value -> !value.isInfinite());
    }

    /** A duration given as a number of these units, if it is not negative and shorter than a century. */
    Optional<Duration> duration(String name, Duration unit) {
        return real(name)
                .map(amount -> amount * unit.toNanos())
                .filter(nanos -> nanos >= 0 && nanos < Duration.ofDays(36_525).toNanos())
                .map(nanos -> Duration.ofNanos(Math.round(nanos)));
    }

    Optional<Instant> instant(String name) {
        return text(name).flatMap(text -> {
            try {
                return Optional.of(OffsetDateTime.parse(text).toInstant());
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        });
    }
}
