package flexo.web;

import flexo.cache.Content;
import flexo.web.ByteRange.Slice;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Writes short bodies of complete files on the container's thread, together with the head. For signatures, databases
 * and small packages this costs half as much as the container's sendfile, which needs a second system call and a second
 * thread, and opens the file later than it was found.
 *
 * <p>The thread blocks if the send buffer is full. It is not, unless the client pipelines requests without reading; so
 * this is only for threads that {@link ThreadGuard#mayBlock may block}.
 */
final class SmallBodies {
    private static final Logger LOG = Logger.getLogger(SmallBodies.class.getName());
    /** The capacity of an empty send buffer of Linux's default size: room for ten segments, twice. */
    static final int MOST_BYTES = 48 * 1024;

    private SmallBodies() {}

    /**
     * Writes a body, closes its content and reports its end, if it qualifies.
     *
     * @return false if nothing was done: it is too long, or its file is not complete yet
     * @throws IOException if the file has changed; nothing has been written, and the content is open
     */
    static boolean write(HttpServletResponse response, Content content, Slice slice, ServedRequest.End end)
            throws IOException {
        if (slice.length() > MOST_BYTES || content.wholeFile().isEmpty()) {
            return false;
        }
        byte[] body = read(content, slice);
        ResponseEnd how = write(response, body);
        content.close();
        end.ended(body.length, how);
        return true;
    }

    private static byte[] read(Content content, Slice slice) throws IOException {
        ByteBuffer body = ByteBuffer.allocate((int) slice.length());
        while (body.hasRemaining()) {
            content.read(slice.start() + body.position(), body, () -> {});
        }
        return body.array();
    }

    private static ResponseEnd write(HttpServletResponse response, byte[] body) {
        try {
            response.getOutputStream().write(body);
            // Now rather than after the servlet, so that its end can be reported.
            response.flushBuffer();
            return ResponseEnd.WHOLE;
        } catch (IOException clientIsGone) {
            LOG.log(Level.FINER, "A client is gone", clientIsGone);
            return ResponseEnd.ofConnection(clientIsGone);
        }
    }
}
