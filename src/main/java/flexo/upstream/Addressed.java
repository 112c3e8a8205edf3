package flexo.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.apache.hc.client5.http.protocol.HttpClientContext;

/**
 * A URL for the client library: the user and password of {@code https://user:password@host/} move to the {@link Trail}
 * of the request, which sends them to that server but along no redirect.
 *
 * @param uri the URL without user and password
 * @param context the context of one request, never reused: no request may affect another
 */
record Addressed(URI uri, HttpClientContext context) {
    static Addressed to(URI address) {
        HttpClientContext context = HttpClientContext.create();
        URI plain = address.getRawUserInfo() == null ? address : withoutUserInfo(address);
        new Trail(plain, Optional.ofNullable(address.getUserInfo()).map(Credential::ofUserInfo)).liesIn(context);
        return new Addressed(plain, context);
    }

    private static URI withoutUserInfo(URI address) {
        try {
            return new URI(address.toString().replaceFirst("//[^/@]*@", "//"));
        } catch (URISyntaxException e) {
            // A URL without its user information is still a URL.
            throw new IllegalStateException("an address without its password is none", e);
        }
    }
}
