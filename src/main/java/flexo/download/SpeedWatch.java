package flexo.download;

/**
 * Tells when a transfer has been below a {@link LowSpeedLimit}, from the bytes that came and the time that passed.
 *
 * <p>It is an account: it starts full with what the limit gives over its time, loses at the limit's rate, gains what
 * arrives, and never holds more than when it was full. Empty means too slow. So silence is noticed after exactly the
 * limit's time however fast it was before, and a single timer suffices: nothing can happen before {@link #nanosLeft}.
 *
 * <p>Not safe for threads; its owner's lock guards it.
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

    /** Forgets the past. */
    void restart(long nowNanos) {
        account = full;
        lastNanos = nowNanos;
    }

    void arrived(long bytes, long nowNanos) {
        pass(nowNanos);
        account = Math.min(full, Math.max(0, account) + bytes);
    }

    /** How long until it is too slow if nothing more arrives; 0 if it is. */
    long nanosLeft(long nowNanos) {
        pass(nowNanos);
        return account <= 0 ? 0 : (long) Math.ceil(account / bytesPerNano);
    }

    private void pass(long nowNanos) {
        account -= bytesPerNano * (nowNanos - lastNanos);
        lastNanos = nowNanos;
    }
}
