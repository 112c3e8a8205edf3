package flexo.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What proves to a server or a proxy who asks.
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

    /** User and password as they stand in an address, decoded: {@code user:password}, or {@code user} alone. */
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

    /** For people: nothing of it. */
    @Override
    public String toString() {
        return "***";
    }
}
