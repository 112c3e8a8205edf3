package flexo.download;

import java.time.Duration;

/**
 * The least speed of a transfer ({@code low_speed_limit}, {@code low_speed_time_secs}).
 *
 * @param bytesPerSecond the least speed, at least 1
 * @param time the time for which it may be lower
 */
public record LowSpeedLimit(long bytesPerSecond, Duration time) {
    public LowSpeedLimit {
        if (bytesPerSecond < 1 || time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException(bytesPerSecond + " bytes/s over " + time);
        }
    }

    /** The limit below which a transfer is stalled rather than slow: the original Flexo's, 1 byte/s. */
    LowSpeedLimit standstill() {
        return new LowSpeedLimit(1, time);
    }
}
