package flexo.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.apache.hc.client5.http.protocol.HttpClientContext;

/**
 * An address as the client library takes it: the user and password of {@code https://user:password@host/} are in the
 * {@link Trail} of the request, which gives them to that server and to nobody it redirects to.
 *
 * @param uri without user and password
 * @param context of one request, never used again: nothing of one may reach another
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
            // Nothing was taken away that an address needs.
            throw new IllegalStateException("an address without its password is none", e);
        }
    }
}
