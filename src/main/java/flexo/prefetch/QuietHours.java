package flexo.prefetch;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * The part of each day in which packages may be prefetched. Pure.
 *
 * @param from its first moment
 * @param until the first moment after it; before {@code from} if midnight lies in it, the same for the whole day
 * @param zone where the clock hangs
 */
public record QuietHours(LocalTime from, LocalTime until, ZoneId zone) {
    /** The whole day. */
    public static QuietHours always(ZoneId zone) {
        return new QuietHours(LocalTime.MIDNIGHT, LocalTime.MIDNIGHT, zone);
    }

    /** Whether a moment lies in it. */
    boolean contain(Instant now) {
        LocalTime time = now.atZone(zone).toLocalTime();
        if (from.equals(until)) {
            return true;
        }
        return from.isBefore(until)
                ? !time.isBefore(from) && time.isBefore(until)
                : !time.isBefore(from) || time.isBefore(until);
    }

    /** How long it is from a moment outside of it until it begins. */
    Duration untilTheyBegin(Instant now) {
        ZonedDateTime local = now.atZone(zone);
        ZonedDateTime today = local.with(from);
        return Duration.between(
                local, today.isAfter(local) ? today : local.plusDays(1).with(from));
    }
}
