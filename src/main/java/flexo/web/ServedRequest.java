package flexo.web;

import flexo.download.Opened;
import flexo.log.RepeatedLines;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The log line of one request: client, file, result, source, bytes and duration. */
final class ServedRequest {
    private static final Logger LOG = Logger.getLogger(ServedRequest.class.getName());

    private final RepeatedLines lines;
    private final RequestFigures figures;
    private final ClientAddress client;
    private final String method;
    private final String path;
    private final LongSupplier nanoTime;
    private final long startNanos;

    /** Receives the end of the response. */
    @FunctionalInterface
    interface End {
        /**
         * Ends the response.
         *
         * @param bytes the bytes of the body passed to the container
         */
        void ended(long bytes, ResponseEnd end);
    }

    /**
     * Starts its clock.
     *
     * @param path undecoded
     */
    ServedRequest(
            RepeatedLines lines,
            RequestFigures figures,
            ClientAddress client,
            String method,
            String path,
            LongSupplier nanoTime) {
        this.lines = lines;
        this.figures = figures;
        this.client = client;
        this.method = method;
        this.path = path.isEmpty() ? "/" : path;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    ClientAddress client() {
        return client;
    }

    /** Notes that the file was opened; the line is written when the response ends. */
    End opened(int status, Opened.Origin origin, String source) {
        figures.opened(origin, status, elapsed());
        String from = origin.name().toLowerCase(Locale.ROOT) + (origin.fromCache() ? "" : " " + source);
        return (bytes, end) -> {
            figures.ended(origin, bytes, elapsed());
            figures.clients().sent(client.toString(), path, bytes);
            String handedOver = end.how() == ResponseEnd.How.HANDED_OVER ? "handed over " : "";
            write(
                    end.how().level(),
                    end.how().kind(),
                    status + " " + from + ", " + handedOver + bytes + " bytes",
                    end.why().isEmpty() ? "" : "; cut: " + withoutPath(end.why()));
        };
    }

    /** Notes that the request got no file. */
    void refused(int status, String why) {
        figures.refused(status);
        if (status >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR) {
            write(Level.WARNING, RequestLog.FAILED, status + ", 0 bytes", "; " + withoutPath(why));
        } else {
            RepeatedLines.Kind kind =
                    status == HttpServletResponse.SC_NOT_FOUND ? RequestLog.MISSING : RequestLog.REFUSED;
            write(Level.INFO, kind, status + ", 0 bytes", "; " + withoutPath(why));
        }
    }

    /** The file is not here, and nobody else was to be asked: nothing is wrong. */
    void notCached() {
        write(Level.FINE, RequestLog.MISSING, "504, 0 bytes", "; it is not in the cache");
    }

    /** What is told to clients mostly begins with the path, which the line has already. */
    private String withoutPath(String why) {
        String beginning = (path.startsWith("/") ? path.substring(1) : path) + ": ";
        return why.startsWith(beginning) ? why.substring(beginning.length()) : why;
    }

    private Duration elapsed() {
        return Duration.ofNanos(nanoTime.getAsLong() - startNanos);
    }

    private void write(Level level, RepeatedLines.Kind kind, String answer, String note) {
        long millis = elapsed().toMillis();
        lines.log(
                LOG,
                level,
                kind,
                client.toString(),
                () -> client + " " + method + " " + path + " " + answer + ", " + millis + " ms" + note);
    }
}
