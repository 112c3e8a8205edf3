package flexo.download;

import flexo.mirror.MirrorFailure;
import java.nio.ByteBuffer;

/**
 * What a request to a mirror reports, in this order: the response, its bytes, and exactly one of end and failure.
 *
 * <p>Calls come one after another on the client's own threads, which must not be held up.
 */
public interface MirrorResponseListener {
    /**
     * The head of the response is there.
     *
     * @return false to refuse the body; nothing is called after that
     */
    boolean onResponse(MirrorResponse mirrorResponse);

    /** Bytes of the body are there; they are gone after the call. */
    void onBytes(ByteBuffer bytes);

    /** The body has ended as it should. */
    void onEnd();

    /**
     * The request failed.
     *
     * @param failure what it comes down to
     * @param detail a few words for people
     * @param staleConnection whether a kept-alive connection was used and was gone before any response, which the mirror
     *     may rightly do at any time, so that asking again is right (RFC 9112, section 9.3.1)
     */
    void onFailure(MirrorFailure failure, String detail, boolean staleConnection);
}
