package flexo.prefetch;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * The daily hours in which packages may be prefetched. Pure.
 *
 * @param from their start, inclusive
 * @param until their end, exclusive; before {@code from} if they span midnight, the same for the whole day
 * @param zone the time zone
 */
public record QuietHours(LocalTime from, LocalTime until, ZoneId zone) {
    /** The whole day. */
    public static QuietHours always(ZoneId zone) {
        return new QuietHours(LocalTime.MIDNIGHT, LocalTime.MIDNIGHT, zone);
    }

    /** Whether a moment is within them. */
    boolean contain(Instant now) {
        LocalTime time = now.atZone(zone).toLocalTime();
        if (from.equals(until)) {
            return true;
        }
        return from.isBefore(until)
                ? !time.isBefore(from) && time.isBefore(until)
                : !time.isBefore(from) || time.isBefore(until);
    }

    /** The time from a moment outside of them until they begin. */
    Duration untilTheyBegin(Instant now) {
        ZonedDateTime local = now.atZone(zone);
        ZonedDateTime today = local.with(from);
        return Duration.between(
                local, today.isAfter(local) ? today : local.plusDays(1).with(from));
    }
}
