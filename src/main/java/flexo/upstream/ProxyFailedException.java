package flexo.upstream;

import java.io.IOException;

/** The proxy on the way to a server failed; the message names it and the reason, after the mirror's name. */
final class ProxyFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    ProxyFailedException(HttpProxy proxy, String how, Throwable cause) {
        super("could not be asked: the proxy " + proxy + " " + how, cause);
    }
}
