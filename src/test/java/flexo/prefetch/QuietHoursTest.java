package flexo.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuietHoursTest {
    @ParameterizedTest
    @CsvSource({
        "22:00, 06:00, 21:59:59, false",
        "22:00, 06:00, 22:00:00, true",
        "22:00, 06:00, 00:00:00, true",
        "22:00, 06:00, 05:59:59, true",
        "22:00, 06:00, 06:00:00, false",
        "01:00, 05:00, 00:59:59, false",
        "01:00, 05:00, 01:00:00, true",
        "01:00, 05:00, 05:00:00, false"
    })
    void theyContainTheirFirstMomentAndNotTheirEnd(LocalTime from, LocalTime until, String time, boolean contained) {
        QuietHours hours = new QuietHours(from, until, ZoneOffset.UTC);

        assertThat(hours.contain(Instant.parse("2026-06-01T" + time + "Z"))).isEqualTo(contained);
    }

    @Test
    void wholeDayIsQuietWithoutThem() {
        QuietHours always = QuietHours.always(ZoneOffset.UTC);

        for (int hour = 0; hour < 24; hour++) {
            assertThat(always.contain(Instant.parse("2026-06-01T00:00:00Z").plus(Duration.ofHours(hour))))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "22:00, 06:00, 2026-06-01T12:00:00Z, PT8H",
        "01:00, 05:00, 2026-06-01T12:00:00Z, PT11H",
        "01:00, 05:00, 2026-06-01T20:00:00Z, PT3H",
        "22:00, 06:00, 2026-10-25T12:00:00Z, PT9H"
    })
    void whenTheyBeginIsToldByTheLocalClock(LocalTime from, LocalTime until, Instant now, Duration left) {
        QuietHours hours = new QuietHours(from, until, ZoneId.of("Europe/Berlin"));

        assertThat(hours.untilTheyBegin(now)).isEqualTo(left);
        assertThat(hours.contain(now.plus(left))).isTrue();
        assertThat(hours.contain(now.plus(left).minusNanos(1))).isFalse();
    }
}
