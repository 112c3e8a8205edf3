package flexo.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Credentials for a server or a proxy.
 *
 * @param user the user of Basic authentication (RFC 7617); empty for a Bearer token (RFC 6750)
 * @param secret the password or the token
 */
public record Credential(Optional<String> user, String secret) {
    /** User and password. */
    public static Credential basic(String user, String password) {
        return new Credential(Optional.of(user), password);
    }

    /** A token. */
    public static Credential bearer(String token) {
        return new Credential(Optional.empty(), token);
    }

    /** The decoded user information of a URL: {@code user:password}, or {@code user} alone. */
    static Credential ofUserInfo(String userInfo) {
        int colon = userInfo.indexOf(':');
        return colon < 0 ? basic(userInfo, "") : basic(userInfo.substring(0, colon), userInfo.substring(colon + 1));
    }

    /** The value of an {@code Authorization} header. */
    String headerValue() {
        return user.map(name -> "Basic "
                        + Base64.getEncoder().encodeToString((name + ":" + secret).getBytes(StandardCharsets.UTF_8)))
                .orElse("Bearer " + secret);
    }

    /** Reveals nothing. */
    @Override
    public String toString() {
        return "***";
    }
}
