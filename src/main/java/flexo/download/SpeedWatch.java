package flexo.download;

/**
 * Detects when a transfer is below a {@link LowSpeedLimit}.
 *
 * <p>It is a token bucket: it starts full with the bytes that the limit allows over its time, loses tokens at the
 * limit's rate, gains arriving bytes, and never holds more than its capacity. Empty means too slow. So silence is
 * detected after exactly the limit's time however fast the transfer was before, and a single timer suffices: nothing
 * can happen before {@link #nanosLeft}.
 *
 * <p>Guarded by its owner's lock.
 */
final class SpeedWatch {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double bytesPerNano;
    private final double full;
    private double account;
    private long lastNanos;

    SpeedWatch(LowSpeedLimit limit, long nowNanos) {
        bytesPerNano = limit.bytesPerSecond() / NANOS_PER_SECOND;
        full = bytesPerNano * limit.time().toNanos();
        restart(nowNanos);
    }

    /** Refills it. */
    void restart(long nowNanos) {
        account = full;
        lastNanos = nowNanos;
    }

    void arrived(long bytes, long nowNanos) {
        pass(nowNanos);
        account = Math.min(full, Math.max(0, account) + bytes);
    }

    /** The time until it is empty if nothing more arrives; 0 if it is. */
    long nanosLeft(long nowNanos) {
        pass(nowNanos);
        return account <= 0 ? 0 : (long) Math.ceil(account / bytesPerNano);
    }

    private void pass(long nowNanos) {
        account -= bytesPerNano * (nowNanos - lastNanos);
        lastNanos = nowNanos;
    }
}
