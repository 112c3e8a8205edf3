package flexo.upstream;

import org.apache.hc.client5.http.RedirectException;

/** A redirect that is not followed; the message says where to and why not, to follow the mirror's name. */
final class RefusedRedirectException extends RedirectException {
    private static final long serialVersionUID = 1L;

    RefusedRedirectException(String message) {
        super(message);
    }
}
