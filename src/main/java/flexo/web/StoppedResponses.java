package flexo.web;

import jakarta.servlet.AsyncContext;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How a response ends when its application is being stopped. Nothing can be dispatched any more, so the container is to end
 * it by its own time limit, in a thread of its own. Tomcat does so by itself for an application that stays away, but not
 * for one that is back before it has looked.
 */
final class StoppedResponses {
    private static final Logger LOG = Logger.getLogger(StoppedResponses.class.getName());

    private StoppedResponses() {}

    /** Has the container end it soon. */
    static void end(AsyncContext async) {
        try {
            async.setTimeout(1);
        } catch (IllegalStateException e) {
            LOG.log(Level.FINE, "The container has ended a response by itself", e);
        }
    }
}
