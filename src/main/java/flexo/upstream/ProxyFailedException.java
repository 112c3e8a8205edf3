package flexo.upstream;

import java.io.IOException;

/** The proxy on the way to a server did not do its part; the message says which and how, to follow the mirror's name. */
final class ProxyFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    ProxyFailedException(HttpProxy proxy, String how, Throwable cause) {
        super("could not be asked: the proxy " + proxy + " " + how, cause);
    }
}
