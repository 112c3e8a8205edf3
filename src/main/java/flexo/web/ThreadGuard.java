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
 * Stands before everything, so that no client holds a thread of the container: neither by a body that it announces and does
 * not send, nor by answers that it does not read.
 *
 * <p>Answers wait in the response's buffer until the servlet has returned. Then they are flushed in this thread, which is
 * quick and blocks if the socket is full: only some threads are lent for that. While none is left, answers go out without
 * blocking.
 *
 * <p>Before a container serves the next request of a connection, it reads what is left of the body, in a thread. So an answer to
 * a request whose body has not been read ends the connection.
 */
public final class ThreadGuard extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(ThreadGuard.class.getName());

    /** A third of the container's threads, as they are in {@code tomcat-conf}; by default Tomcat has 200. */
    static final int THREADS = 8;

    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");
    private static final String LENT = ThreadGuard.class.getName() + ".lent";

    private final transient Semaphore threads = new Semaphore(THREADS);

    /** No request is there yet. */
    public ThreadGuard() {}

    /** Whether the thread that serves a request may wait for the client to take bytes. */
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
                // Now, while nothing is written. Even who reads it may do so too late.
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
            // Without our header the container has refused what was read of the body, and answers by itself.
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

    /** Whether something of the body is still to be read; of a GET, what has come together with the head does not matter. */
    private static boolean hasUnreadBody(HttpServletRequest request) throws IOException {
        if (request.getContentLengthLong() <= 0 && request.getHeader("Transfer-Encoding") == null) {
            return false;
        }
        ServletInputStream body = request.getInputStream();
        if (WITHOUT_BODY.contains(request.getMethod()) && request.getContentLengthLong() > 0) {
            byte[] unwanted = new byte[1024];
            while (!body.isFinished() && body.available() > 0 && body.read(unwanted) > 0) {
                // What is available never blocks.
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

    /** An answer that is in the response's buffer and has to be sent; called by the container alone. */
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
                    // The one way to tell a container to close the connection and not to read on.
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
