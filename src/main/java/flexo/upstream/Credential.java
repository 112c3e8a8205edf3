package flexo.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What proves to a server or a proxy who asks.
 *
 * @param user the user of Basic authentication (RFC 7617); null for a Bearer token (RFC 6750)
 * @param secret the password or the token
 */
public record Credential(String user, Secret secret) {
    /** User and password. */
    public static Credential basic(String user, Secret password) {
        return new Credential(user, password);
    }

    /** A token. */
    public static Credential bearer(Secret token) {
        return new Credential(null, token);
    }

    /** User and password as they stand in an address, decoded: {@code user:password}, or {@code user} alone. */
    static Credential ofUserInfo(String userInfo) {
        int colon = userInfo.indexOf(':');
        return colon < 0
                ? basic(userInfo, Secret.of(""))
                : basic(userInfo.substring(0, colon), Secret.of(userInfo.substring(colon + 1)));
    }

    /** The value of an {@code Authorization} header. */
    String headerValue() {
        return user == null
                ? "Bearer " + secret.reveal()
                : "Basic "
                        + Base64.getEncoder()
                                .encodeToString((user + ":" + secret.reveal()).getBytes(StandardCharsets.UTF_8));
    }
}
