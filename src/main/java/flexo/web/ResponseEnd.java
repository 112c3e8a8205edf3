package flexo.web;

import flexo.log.RepeatedLines;
import java.net.SocketTimeoutException;
import java.util.logging.Level;

/**
 * The end of a response.
 *
 * @param how its kind
 * @param why in words, for people; empty if there is nothing to explain
 */
record ResponseEnd(How how, String why) {
    /** All bytes were written to the client's connection. */
    static final ResponseEnd WHOLE = new ResponseEnd(How.WHOLE, "");
    /** The container sends the file by itself, and does not report how much arrives. */
    static final ResponseEnd HANDED_OVER = new ResponseEnd(How.HANDED_OVER, "");

    static final ResponseEnd STOPPED = new ResponseEnd(How.ENDED_HERE, "the application is being stopped");

    private static final int MOST_CAUSES = 10;

    /** The kinds of ends. */
    enum How {
        WHOLE,
        HANDED_OVER,
        /** The client did not want the rest, or did not take it. */
        LEFT_BY_CLIENT,
        /** The container or the application ended it; nothing went wrong. */
        ENDED_HERE,
        FAILED;

        Level level() {
            return this == FAILED ? Level.WARNING : Level.INFO;
        }

        RepeatedLines.Kind kind() {
            return switch (this) {
                case WHOLE, HANDED_OVER -> RequestLog.SERVED;
                case LEFT_BY_CLIENT, ENDED_HERE -> RequestLog.LEFT;
                case FAILED -> RequestLog.FAILED;
            };
        }
    }

    /** The rest is unavailable. */
    static ResponseEnd failed(String why) {
        return new ResponseEnd(How.FAILED, why);
    }

    /** The client took no byte for too long. */
    static ResponseEnd tookNothing(String why) {
        return new ResponseEnd(How.LEFT_BY_CLIENT, why);
    }

    /** The container has ended it for a reason of its own. */
    static ResponseEnd byContainer(String why) {
        return new ResponseEnd(How.ENDED_HERE, why);
    }

    /** The connection has failed: the client is gone, or the container's timeout has passed. */
    static ResponseEnd ofConnection(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
            if (cause instanceof SocketTimeoutException) {
                return tookNothing("the client took no byte for longer than the container waits"
                        + " (connectionTimeout of its connector)");
            }
            cause = cause.getCause();
        }
        return new ResponseEnd(How.LEFT_BY_CLIENT, "the client left");
    }
}
