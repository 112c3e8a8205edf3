package flexo.download;

import java.time.Duration;

/**
 * How slow a transfer may be and for how long ({@code low_speed_limit}, {@code low_speed_time_secs}).
 *
 * @param bytesPerSecond the least speed, at least 1
 * @param time how long it may be below
 */
public record LowSpeedLimit(long bytesPerSecond, Duration time) {
    /** Checks the ranges. */
    public LowSpeedLimit {
        if (bytesPerSecond < 1 || time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException(bytesPerSecond + " bytes/s over " + time);
        }
    }

    /** The limit below which a transfer has stopped rather than slowed down: Flexo's own, 1 byte/s. */
    LowSpeedLimit standstill() {
        return new LowSpeedLimit(1, time);
    }
}
