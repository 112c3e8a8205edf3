package flexo.web;

import flexo.download.Opened;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The log line of one request: what was asked, how it was answered, from where, how much and how long. */
final class ServedRequest {
    private static final Logger LOG = Logger.getLogger(ServedRequest.class.getName());

    private static final String SOURCE = ServedRequest.class.getName();

    private final String method;
    private final String path;
    private final LongSupplier nanoTime;
    private final long startNanos;

    /** What is told when the response is over. */
    @FunctionalInterface
    interface End {
        /**
         * It is over.
         *
         * @param bytes how many bytes of the body were handed to the container
         * @param cutBecause why it did not go to its end; empty if it did
         */
        void ended(long bytes, String cutBecause);
    }

    /**
     * Starts its clock.
     *
     * @param path as it came, without the leading slash; escapes are left as they are, so it is safe to log
     */
    ServedRequest(String method, String path, LongSupplier nanoTime) {
        this.method = method;
        this.path = path;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    /** The file was opened; the line is written when the response is over. */
    End opened(int status, Opened.Origin origin, String source) {
        String how = origin.name().toLowerCase(Locale.ROOT) + (origin.fromCache() ? "" : " " + source);
        return (bytes, cutBecause) ->
                write(status + " " + how, bytes, cutBecause.isEmpty() ? "" : "; cut: " + cutBecause);
    }

    /** The request got no file. */
    void refused(int status, String why) {
        write(Integer.toString(status), 0, "; " + why);
    }

    private void write(String answer, long bytes, String note) {
        // With its source named, nothing has to walk the stack for it, which took longer than all the rest of the line.
        LOG.logp(
                Level.INFO,
                SOURCE,
                "write",
                () -> method + " /" + path + " " + answer + ", " + bytes + " bytes, "
                        + (nanoTime.getAsLong() - startNanos) / 1_000_000 + " ms" + note);
    }
}
