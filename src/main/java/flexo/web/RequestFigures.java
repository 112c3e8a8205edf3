package flexo.web;

import flexo.download.Opened;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How requests for files were answered. Safe for threads.
 *
 * <p>No name that a client chooses becomes a label, so their number is bounded: results are few, and so are the statuses that we
 * answer with.
 */
public final class RequestFigures implements Figures {
    /** The result of a request that got no file. */
    private static final String NONE = "none";

    private final ConcurrentMap<Answer, LongAdder> requests = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, LongAdder> bytes = new ConcurrentHashMap<>();
    private final Histogram head = new Histogram();
    private final Histogram whole = new Histogram();

    /** How a request was answered. */
    private record Answer(String result, int status) {}

    /** No request yet. */
    public RequestFigures() {}

    /** A file was found, or its first byte has come, so long after the request. */
    void opened(Opened.Origin origin, int status, Duration after) {
        count(new Answer(label(origin), status));
        head.add(after);
    }

    /** The response to such a request is over, so long after the request. */
    void ended(Opened.Origin origin, long sent, Duration after) {
        bytes.computeIfAbsent(label(origin), unused -> new LongAdder()).add(sent);
        whole.add(after);
    }

    /** A request got no file. */
    void refused(int status) {
        count(new Answer(NONE, status));
    }

    private void count(Answer answer) {
        requests.computeIfAbsent(answer, unused -> new LongAdder()).increment();
    }

    private static String label(Opened.Origin origin) {
        return origin.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void writeTo(PrometheusText text) {
        text.counter("flexo_requests_total", "Requests for files, by where the file came from and status.");
        requests.forEach((answer, count) -> text.sample(
                Map.of("result", answer.result(), "status", Integer.toString(answer.status())), count.sum()));
        text.counter(
                "flexo_response_bytes_total", "Bytes of files given to clients' connections, by where they came from.");
        new TreeMap<>(bytes).forEach((result, count) -> text.sample("result", result, count.sum()));
        text.histogram(
                "flexo_request_first_byte_seconds",
                "From a request to the head of its response, which goes with the first byte.",
                head);
        text.histogram("flexo_request_duration_seconds", "From a request to the end of its response.", whole);
    }
}
