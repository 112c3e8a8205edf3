package flexo.upstream;

import org.apache.hc.core5.http.ProtocolException;

/** A redirect that is not followed; the message contains the target and the reason, after the mirror's name. */
final class RefusedRedirectException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    RefusedRedirectException(String message) {
        super(message);
    }
}
