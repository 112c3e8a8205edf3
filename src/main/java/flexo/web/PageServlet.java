package flexo.web;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/** Serves one static file of the archive, such as the script of the page, from memory. */
public final class PageServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Set<String> METHODS = Set.of("GET", "HEAD");

    private final String contentType;
    private final byte[] body;
    private final String etag;

    /**
     * Reads the file.
     *
     * @param path its path in the archive, with a leading slash
     */
    public PageServlet(ServletContext context, String path, String contentType) {
        this.contentType = contentType;
        this.body = read(context, path);
        this.etag = etag(body);
    }

    /** The bytes of a file of the archive. */
    static byte[] read(ServletContext context, String path) {
        try (InputStream file = context.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalStateException("The archive of the application lacks " + path);
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("The archive of the application is damaged", e);
        }
    }

    private static String etag(byte[] body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return '"' + HexFormat.of().formatHex(digest, 0, 8) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!METHODS.contains(request.getMethod())) {
            ErrorAnswer.of(HttpServletResponse.SC_METHOD_NOT_ALLOWED, "Only GET and HEAD are answered here.")
                    .with("Allow", "GET, HEAD")
                    .send(response);
            return;
        }
        response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
        response.setHeader("ETag", etag);
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (etag.equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType(contentType);
        response.setContentLength(body.length);
        if (body.length > response.getBufferSize()) {
            response.setBufferSize(body.length);
        }
        response.getOutputStream().write(body);
    }
}
