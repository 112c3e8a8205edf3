package flexo.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A request that waits for its response without holding a thread.
 *
 * <p>It ends once: by a dispatch back to its servlet, or by the container. During shutdown nothing is dispatched any
 * more.
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
     * @return false if it has ended already, or the container refuses: nobody owns the response then
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
            // Tomcat's signal that the request has ended, or that the application is no longer deployed. In the latter
            // case the request still has to be ended.
            LOG.log(Level.FINE, "The container does not take back a request that was waiting", e);
            over.set(false);
            StoppedResponses.end(async);
            return false;
        }
    }

    /** Shuts it down. */
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
        // A new suspension registers its own listener.
    }
}
