package flexo.web;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;

/**
 * The page for browsers: {@code index.html} of the archive, with the name by which the server was reached.
 * {@link StateEvents} provides the rest, which the script inserts as text.
 */
public final class FrontPage {
    /** Only resources beside the page, and no frame around it. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final String html;
    private final TrustedProxies proxies;

    /**
     * Reads the page.
     *
     * @param proxies trusted to name the client's URL
     */
    public FrontPage(ServletContext context, TrustedProxies proxies) {
        this.html = new String(PageServlet.read(context, "/index.html"), StandardCharsets.UTF_8);
        this.proxies = proxies;
    }

    Reply answer(HttpServletRequest request) {
        ReachedUrl url = ReachedUrl.of(request, proxies);
        String page = html.replace("{url}", escaped(url.toString())).replace("{context}", escaped(url.contextPath()));
        return Reply.of(HttpServletResponse.SC_OK, "text/html;charset=UTF-8", page)
                .with("Content-Security-Policy", POLICY)
                .with("Referrer-Policy", "no-referrer");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
