package flexo.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;

/**
 * An address as the client library takes it: the user and password of {@code https://user:password@host/} are in the
 * context of the request, which gives them to that server and to nobody it redirects to.
 *
 * @param uri without user and password
 * @param context of one request, never used again: nothing of one may reach another
 */
record Addressed(URI uri, HttpClientContext context) {
    static Addressed to(URI address) {
        HttpClientContext context = HttpClientContext.create();
        if (address.getRawUserInfo() == null) {
            return new Addressed(address, context);
        }
        BasicScheme basic = new BasicScheme();
        basic.initPreemptive(credentials(address.getUserInfo()));
        context.resetAuthExchange(server(address), basic);
        return new Addressed(withoutUserInfo(address), context);
    }

    private static UsernamePasswordCredentials credentials(String userInfo) {
        int colon = userInfo.indexOf(':');
        return colon < 0
                ? new UsernamePasswordCredentials(userInfo, new char[0])
                : new UsernamePasswordCredentials(
                        userInfo.substring(0, colon),
                        userInfo.substring(colon + 1).toCharArray());
    }

    /** With its port even if the address leaves it out: so the library looks it up. */
    private static HttpHost server(URI address) {
        int usual = address.getScheme().equals("https") ? 443 : 80;
        return new HttpHost(address.getScheme(), address.getHost(), address.getPort() < 0 ? usual : address.getPort());
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
