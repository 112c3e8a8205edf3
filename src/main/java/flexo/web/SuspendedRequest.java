package flexo.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A request that waits for its answer and holds no thread meanwhile.
 *
 * <p>It ends once: it goes back to its servlet, or the container ends it. While the application is being stopped nothing goes
 * back to a servlet any more.
 */
final class SuspendedRequest implements AsyncListener {
    private static final Logger LOG = Logger.getLogger(SuspendedRequest.class.getName());

    private final AsyncContext async;
    private final ClientStreams streams;
    private final AtomicBoolean over = new AtomicBoolean();

    SuspendedRequest(AsyncContext async, ClientStreams streams) {
        this.async = async;
        this.streams = streams;
        async.addListener(this);
    }

    /**
     * Dispatches it back to its servlet.
     *
     * @return false if it has ended already, or the container takes nothing any more: its answer is then nobody's
     */
    boolean resume() {
        if (streams.stopping() || !over.compareAndSet(false, true)) {
            return false;
        }
        try {
            async.dispatch();
            streams.ended(this);
            return true;
        } catch (IllegalStateException | UnsupportedOperationException e) {
            // Tomcat's way to say that the request has ended, or that the application is not among those that it serves
            // any
            // more. Then the request has still to be ended.
            LOG.log(Level.FINE, "The container does not take back a request that was waiting", e);
            over.set(false);
            StoppedResponses.end(async);
            return false;
        }
    }

    /** The application is being stopped. */
    void stop() {
        if (!over.get()) {
            StoppedResponses.end(async);
        }
    }

    private boolean finish() {
        streams.ended(this);
        return over.compareAndSet(false, true);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        if (finish()) {
            HttpServletResponse response = (HttpServletResponse) async.getResponse();
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            response.setHeader("Retry-After", "5");
            response.setHeader("Connection", "close");
            response.setContentLength(0);
            async.complete();
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        finish();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        finish();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // Whoever suspends it again listens for himself.
    }
}
