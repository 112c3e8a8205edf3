package flexo.web;

import flexo.log.RepeatedLines;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Authorises everything that changes something: a request must show the {@link AdminToken}, or come from a user with
 * the role in the container. Its origin never counts: behind a reverse proxy all requests come from this machine.
 *
 * <p>Cross-site requests with a browser's credentials are refused (CSRF). Another site cannot know the token.
 */
public final class Steering {
    private static final Logger LOG = Logger.getLogger(Steering.class.getName());

    /** The role in the container; declared in {@code web.xml}. */
    static final String ROLE = "flexo-admin";

    /** RFC 6585, section 4. */
    private static final int TOO_MANY_REQUESTS = 429;

    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private final AdminToken token;
    private final TrustedProxies proxies;
    private final RepeatedLines lines;
    private final LoginBackoff backoff;

    /**
     * Authorises requests.
     *
     * @param proxies trusted to name the client and its URL
     * @param nanoTime for the backoff after wrong passwords
     */
    public Steering(AdminToken token, TrustedProxies proxies, RepeatedLines lines, LongSupplier nanoTime) {
        backoff = new LoginBackoff(nanoTime);
        this.token = token;
        this.proxies = proxies;
        this.lines = lines;
    }

    /** The refusal of a request; empty if it is authorised. Both are logged. */
    Optional<Reply> refusal(HttpServletRequest request) {
        Optional<Authorization> given = Authorization.of(request);
        if (given.filter(Authorization::isToken).isPresent()) {
            return token.is(given.get().text())
                    ? granted(request, "the admin token")
                    : refused(request, "the token is wrong", unknown(request, "This is not the admin token."));
        }
        if (isOfForeignPage(request)) {
            return refused(
                    request,
                    "asked by a page of another server",
                    ErrorAnswer.of(
                            HttpServletResponse.SC_FORBIDDEN,
                            "A page of another server may not do that in the name of its reader."));
        }
        if (request.getUserPrincipal() == null) {
            Optional<Duration> putOff = given.flatMap(login -> logIn(request, login));
            if (putOff.isPresent()) {
                return refused(request, "no password is tried so soon after a wrong one", tooSoon(putOff.get()));
            }
        }
        if (request.getUserPrincipal() == null) {
            return refused(
                    request,
                    given.isPresent() ? "the container does not know this user and password" : "no token",
                    unknown(request, "This needs the admin token, or the role " + ROLE + "."));
        }
        String user = "user " + printable(request.getUserPrincipal().getName());
        return request.isUserInRole(ROLE)
                ? granted(request, user + " in the role " + ROLE)
                : refused(
                        request,
                        user + " lacks the role " + ROLE,
                        ErrorAnswer.of(
                                HttpServletResponse.SC_FORBIDDEN,
                                "This user lacks the role " + ROLE + ", which the container gives."));
    }

    /** Whether a request shows the token or its user is known to have the role; triggers no login. */
    boolean isKnown(HttpServletRequest request) {
        return Authorization.of(request)
                        .filter(Authorization::isToken)
                        .filter(it -> token.is(it.text()))
                        .isPresent()
                || request.isUserInRole(ROLE);
    }

    /** Browsers name the origin of a page that posts; other programs do not. */
    private boolean isOfForeignPage(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        String origin = request.getHeader("Origin");
        return (site != null && !OWN_SITE.contains(site))
                || (origin != null && !ReachedUrl.of(request, proxies).isSameOrigin(origin));
    }

    /**
     * Has the container check a password. No page of ours asks for one, so only programs send them.
     *
     * @return the time to wait, if it was not checked so soon after a wrong one
     */
    private Optional<Duration> logIn(HttpServletRequest request, Authorization login) {
        int colon = login.text().indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String user = login.text().substring(0, colon);
        Optional<Duration> putOff = backoff.begin(user);
        if (putOff.isEmpty()) {
            try {
                request.login(user, login.text().substring(colon + 1));
                backoff.right(user);
            } catch (ServletException e) {
                LOG.log(Level.FINE, "The container does not take user and password", e);
            }
        }
        return putOff;
    }

    private static Reply tooSoon(Duration left) {
        return ErrorAnswer.of(
                        TOO_MANY_REQUESTS,
                        "The last password of this user was wrong. The next one is tried in a while; the admin token is"
                                + " taken at any time.")
                .with("Retry-After", Long.toString(left.toSeconds() + 1));
    }

    private Reply unknown(HttpServletRequest request, String why) {
        String url = ReachedUrl.of(request, proxies)
                + request.getServletPath()
                + Optional.ofNullable(request.getPathInfo()).orElse("");
        return ErrorAnswer.of(
                        HttpServletResponse.SC_UNAUTHORIZED,
                        why
                                + " The token is in the file that the setting admin_token_file names, or else the log at the"
                                + " start of the server:\n"
                                + "curl -X POST -H \"Authorization: Bearer $(cat FILE)\" " + url)
                .with("WWW-Authenticate", "Bearer realm=\"flexo\"");
    }

    private Optional<Reply> granted(HttpServletRequest request, String who) {
        String query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
        LOG.log(Level.INFO, "{0}: {1}, by {2}", new Object[] {proxies.client(request), order(request) + query, who});
        return Optional.empty();
    }

    private Optional<Reply> refused(HttpServletRequest request, String why, Reply reply) {
        String client = proxies.client(request).toString();
        // Evaluated now: the line may be written long after the end of the request. Without the query, which may
        // contain a misplaced token.
        String order = order(request);
        lines.log(LOG, Level.INFO, RequestLog.REFUSED, client, () -> client + ": " + order + " is refused: " + why);
        return Optional.of(reply);
    }

    /** Not decoded, so safe to log. */
    private static String order(HttpServletRequest request) {
        return request.getMethod() + " " + request.getRequestURI();
    }

    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    /**
     * The credentials of {@code Authorization} (RFC 9110, section 11.6.2).
     *
     * @param isToken whether it is a Bearer token; otherwise user and password, separated by a colon
     */
    private record Authorization(boolean isToken, String text) {
        static Optional<Authorization> of(HttpServletRequest request) {
            String header = request.getHeader("Authorization");
            String[] words = header == null ? new String[0] : header.strip().split("\\s+", 2);
            if (words.length < 2) {
                return Optional.empty();
            }
            return switch (words[0].toLowerCase(Locale.ROOT)) {
                case "bearer" -> Optional.of(new Authorization(true, words[1]));
                case "basic" -> decoded(words[1]).map(text -> new Authorization(false, text));
                default -> Optional.empty();
            };
        }

        private static Optional<String> decoded(String base64) {
            try {
                return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return isToken ? "a token" : "user and password";
        }
    }
}
