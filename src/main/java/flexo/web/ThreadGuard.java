package flexo.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The outermost filter: no client can hold a container thread, neither by an announced body that it does not send, nor
 * by responses that it does not read.
 *
 * <p>Responses wait in the buffer until the servlet has returned. Then they are flushed on this thread, which is fast,
 * but blocks if the socket is full: so only some threads may do this. While all of those are taken, responses are
 * written without blocking.
 *
 * <p>Before a container serves the next request of a connection, it reads the rest of the body on a thread. So the
 * response to a request with an unread body closes the connection.
 */
public final class ThreadGuard extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(ThreadGuard.class.getName());

    /** A third of the container's threads in {@code tomcat-conf}; Tomcat's default is 200. */
    static final int THREADS = 8;

    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");
    private static final String LENT = ThreadGuard.class.getName() + ".lent";

    private final transient Semaphore threads = new Semaphore(THREADS);

    public ThreadGuard() {}

    /** Whether the thread that serves a request may block until the client takes bytes. */
    static boolean mayBlock(ServletRequest request) {
        return Boolean.TRUE.equals(request.getAttribute(LENT));
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean lent = threads.tryAcquire();
        try {
            request.setAttribute(LENT, lent);
            boolean unread = hasUnreadBody(request);
            if (unread) {
                // Set now, before anything is written. A servlet that reads the body may do so too late.
                response.setHeader("Connection", "close");
            }
            if (unread && WITHOUT_BODY.contains(request.getMethod())) {
                ErrorAnswer.write(
                        response,
                        HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                        "A " + request.getMethod() + " request has no body here.");
            } else {
                chain.doFilter(request, response);
            }
            if (request.isAsyncStarted()) {
                return;
            }
            // Without our header the container refused the body, and answers by itself.
            if (unread && response.containsHeader(PayloadOrigin.HEADER) && hasUnreadBody(request)) {
                finishWithoutBlocking(request, response, true);
            } else if (lent) {
                flush(response);
            } else {
                finishWithoutBlocking(request, response, false);
            }
        } finally {
            if (lent) {
                threads.release();
            }
        }
    }

    /** Whether a part of the body is unread; for a GET, bytes that came with the head do not matter. */
    private static boolean hasUnreadBody(HttpServletRequest request) throws IOException {
        if (request.getContentLengthLong() <= 0 && request.getHeader("Transfer-Encoding") == null) {
            return false;
        }
        ServletInputStream body = request.getInputStream();
        if (WITHOUT_BODY.contains(request.getMethod()) && request.getContentLengthLong() > 0) {
            byte[] unwanted = new byte[1024];
            while (!body.isFinished() && body.available() > 0 && body.read(unwanted) > 0) {
                // Available bytes never block.
            }
        }
        return !body.isFinished();
    }

    private static void flush(HttpServletResponse response) {
        try {
            response.flushBuffer();
        } catch (IOException clientIsGone) {
            LOG.log(Level.FINER, "A client is gone", clientIsGone);
        }
    }

    private static void finishWithoutBlocking(
            HttpServletRequest request, HttpServletResponse response, boolean closeConnection) throws IOException {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        response.getOutputStream().setWriteListener(new Rest(async, response, closeConnection));
    }

    /** A response in the buffer that is still to be sent; called only by the container. */
    private static final class Rest implements WriteListener {
        private final AsyncContext async;
        private final HttpServletResponse response;
        private final boolean closeConnection;
        private boolean flushed;

        Rest(AsyncContext async, HttpServletResponse response, boolean closeConnection) {
            this.async = async;
            this.response = response;
            this.closeConnection = closeConnection;
        }

        @Override
        public void onWritePossible() throws IOException {
            while (response.getOutputStream().isReady()) {
                if (!flushed) {
                    flushed = true;
                    response.getOutputStream().flush();
                } else if (closeConnection) {
                    // The only way to make a container close the connection without reading on.
                    throw CutResponseException.of(response, "the body of the request was not read");
                } else {
                    async.complete();
                    return;
                }
            }
        }

        @Override
        public void onError(Throwable cause) {
            LOG.log(Level.FINER, "A client is gone", cause);
        }
    }
}
