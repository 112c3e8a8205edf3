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
 * Metrics of requests for files. Thread-safe.
 *
 * <p>Nothing chosen by a client becomes a label value, so their number is bounded: there are few results and statuses.
 */
public final class RequestFigures implements Figures {
    /** The result of a request that got no file. */
    private static final String NONE = "none";

    private final ConcurrentMap<Answer, LongAdder> requests = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, LongAdder> bytes = new ConcurrentHashMap<>();
    private final Histogram head = new Histogram();
    private final Histogram whole = new Histogram();

    /** A result with its status. */
    private record Answer(String result, int status) {}

    private final ClientFigures clients;

    /**
     * Starts with all counts at zero.
     *
     * @param clients counts by client
     */
    public RequestFigures(ClientFigures clients) {
        this.clients = clients;
    }

    ClientFigures clients() {
        return clients;
    }

    /** A file was found, or its first byte arrived, this long after the request. */
    void opened(Opened.Origin origin, int status, Duration after) {
        count(new Answer(label(origin), status));
        head.add(after);
    }

    /** The response to such a request ended, this long after the request. */
    void ended(Opened.Origin origin, long sent, Duration after) {
        bytes.computeIfAbsent(label(origin), unused -> new LongAdder()).add(sent);
        whole.add(after);
    }

    /** A request got no file. */
    void refused(int status) {
        count(new Answer(NONE, status));
    }

    /**
     * The totals of all requests for files.
     *
     * @param hits requests served without a download of their own
     * @param misses requests served by a download of their own
     * @param failed requests that got no file
     * @param savedBytes the bytes sent for hits
     * @param downloadedBytes the bytes sent for misses
     */
    public record Totals(long hits, long misses, long failed, long savedBytes, long downloadedBytes) {
        static final Totals NONE = new Totals(0, 0, 0, 0, 0);

        Totals plus(Totals more) {
            return new Totals(
                    hits + more.hits,
                    misses + more.misses,
                    failed + more.failed,
                    savedBytes + more.savedBytes,
                    downloadedBytes + more.downloadedBytes);
        }

        Totals minus(Totals less) {
            return plus(new Totals(-less.hits, -less.misses, -less.failed, -less.savedBytes, -less.downloadedBytes));
        }
    }

    /** The totals since the start. */
    public Totals totals() {
        Map<String, Long> answers = new TreeMap<>();
        requests.forEach((answer, count) -> answers.merge(answer.result(), count.sum(), Long::sum));
        long withFile = answers.values().stream().mapToLong(Long::longValue).sum() - answers.getOrDefault(NONE, 0L);
        long misses = answers.getOrDefault(label(Opened.Origin.MISS), 0L);
        long all = bytes.values().stream().mapToLong(LongAdder::sum).sum();
        long downloaded =
                bytes.getOrDefault(label(Opened.Origin.MISS), new LongAdder()).sum();
        return new Totals(withFile - misses, misses, answers.getOrDefault(NONE, 0L), all - downloaded, downloaded);
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
