package flexo.web;

import flexo.cache.Content;
import flexo.web.ByteRange.Slice;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Writes short bodies of whole files in the container's own thread, together with the head. For signatures, databases and
 * small packages that costs half of what it costs to have the container send the file: that takes a second system call
 * and a second thread, and the file is opened later than it is found.
 *
 * <p>The thread waits for the client if the socket does not take so much. It does, unless the client asks on and on
 * without reading; so this is only for threads that {@link ThreadGuard#mayBlock may block}.
 */
final class SmallBodies {
    private static final Logger LOG = Logger.getLogger(SmallBodies.class.getName());
    /** What an empty send buffer takes at once where Linux sizes it: room for ten segments, twice. */
    static final int MOST_BYTES = 48 * 1024;

    private SmallBodies() {}

    /**
     * Writes a body, closes its content and tells its end, if it is one for here.
     *
     * @return false if nothing was done: it is too long, or its file is not whole yet
     * @throws IOException if the file is not what it was any more; nothing has been written, and the content is open
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
            // Now and not after the servlet, so that its end can be told.
            response.flushBuffer();
            return ResponseEnd.WHOLE;
        } catch (IOException clientIsGone) {
            LOG.log(Level.FINER, "A client is gone", clientIsGone);
            return ResponseEnd.ofConnection(clientIsGone);
        }
    }
}
