package flexo.web;

import jakarta.servlet.AsyncContext;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Ends responses during shutdown. Nothing can be dispatched any more, so the container must end them by its own
 * timeout, on its own thread. Tomcat does so by itself for an application that is gone, but not for one that is
 * redeployed before its check.
 */
final class StoppedResponses {
    private static final Logger LOG = Logger.getLogger(StoppedResponses.class.getName());

    private StoppedResponses() {}

    /** Lets the container end it soon. */
    static void end(AsyncContext async) {
        try {
            async.setTimeout(1);
        } catch (IllegalStateException e) {
            LOG.log(Level.FINE, "The container has ended a response by itself", e);
        }
    }
}
