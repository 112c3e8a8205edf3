package flexo.download;

import flexo.mirror.MirrorFailure;
import java.nio.ByteBuffer;

/**
 * The events of a request to a mirror, in this order: the response, its bytes, and exactly one of end and failure.
 *
 * <p>Calls come one after another on the HTTP client's threads, and must not block.
 */
public interface MirrorResponseListener {
    /**
     * The head of the response has arrived.
     *
     * @return false to refuse the body; no further calls follow
     */
    boolean onResponse(MirrorResponse mirrorResponse);

    /** Bytes of the body have arrived; the buffer is valid only during the call. */
    void onBytes(ByteBuffer bytes);

    /** The body has ended regularly. */
    void onEnd();

    /**
     * The request has failed.
     *
     * @param failure its kind
     * @param detail a few words for people
     * @param staleConnection whether a kept-alive connection was closed before any response, which a mirror may do at
     *     any time, so that a retry is right (RFC 9112, section 9.3.1)
     */
    void onFailure(MirrorFailure failure, String detail, boolean staleConnection);
}
