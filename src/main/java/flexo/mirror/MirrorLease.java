package flexo.mirror;

import java.time.Duration;

/**
 * The use of one mirror by one transfer, from the choice of the mirror until {@link #close()}; while it lasts the mirror
 * counts as in use. What the transfer reports here is what later choices are based on.
 *
 * <p>Reports come from one transfer, but from any thread; none of the methods blocks or throws.
 */
public interface MirrorLease extends AutoCloseable {

    /** The mirror to ask. */
    Mirror mirror();

    /** Reports the time from the request to the first byte of the body. */
    void firstByte(Duration latency);

    /**
     * Reports a transfer, or a part of one, that ended well.
     *
     * @param bytes how many bytes of body came
     * @param elapsed the time they took, from the first of them to the last
     */
    void delivered(long bytes, Duration elapsed);

    /** Reports that the mirror is not to be asked for a while; {@link #failed} is to follow. */
    void wantsRest(Rest rest);

    /** Reports that the transfer failed. */
    void failed(MirrorFailure failure);

    /** Gives the mirror back; further calls do nothing. */
    @Override
    void close();
}
