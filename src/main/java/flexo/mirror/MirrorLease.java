package flexo.mirror;

import java.time.Duration;

/**
 * The use of one mirror by one transfer, from the choice of the mirror until {@link #close()}; the mirror counts as in
 * use meanwhile. Later choices are based on the reports made here.
 *
 * <p>Reports come from one transfer, but from any thread; no method blocks or throws.
 */
public interface MirrorLease extends AutoCloseable {

    /** The mirror to ask. */
    Mirror mirror();

    /** Reports the time to the first byte of the body. */
    void firstByte(Duration latency);

    /**
     * Reports a successful transfer, or a part of one.
     *
     * @param bytes the bytes of the body
     * @param elapsed the time from the first to the last of them
     */
    void delivered(long bytes, Duration elapsed);

    /** Reports that the mirror asked for a rest; {@link #failed} follows. */
    void wantsRest(Rest rest);

    /** Reports that the transfer failed. */
    void failed(MirrorFailure failure);

    /** Returns the mirror; further calls do nothing. */
    @Override
    void close();
}
