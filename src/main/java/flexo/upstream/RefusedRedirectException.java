package flexo.upstream;

import org.apache.hc.core5.http.ProtocolException;

/** A redirect that is not followed; the message says where to and why not, to follow the mirror's name. */
final class RefusedRedirectException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    RefusedRedirectException(String message) {
        super(message);
    }
}
