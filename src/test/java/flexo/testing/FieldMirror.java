package flexo.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One mirror of a {@link MirrorField}: a good one, to be spoilt by the methods before the field is asked. Its counters
 * may be read from any thread.
 */
public final class FieldMirror {
    private final String host;
    private final int openPort;
    private final int closedPort;
    private final AtomicInteger requests = new AtomicInteger();

    volatile Duration latency = Duration.ZERO;
    volatile boolean silent;
    volatile boolean headRefused;
    volatile String server = "nginx";
    volatile int status = 200;
    volatile Instant databaseModified = Instant.parse("2025-01-01T00:00:00Z");
    private volatile boolean refusing;

    FieldMirror(String host, int openPort, int closedPort) {
        this.host = host;
        this.openPort = openPort;
        this.closedPort = closedPort;
    }

    /** How long it takes to answer each request. */
    public FieldMirror latency(Duration time) {
        latency = time;
        return this;
    }

    /** Accepts connections and requests, and answers none. */
    public FieldMirror silent() {
        silent = true;
        return this;
    }

    /** Refuses connections; this changes its address. */
    public FieldMirror refusing() {
        refusing = true;
        return this;
    }

    /** Answers HEAD with 405. */
    public FieldMirror headRefused() {
        headRefused = true;
        return this;
    }

    /** Names itself Cloudflare. */
    public FieldMirror cloudflare() {
        server = "cloudflare";
        return this;
    }

    /** Answers everything with an error. */
    public FieldMirror status(int code) {
        status = code;
        return this;
    }

    /** When its databases were made; to the second. */
    public FieldMirror databaseModified(Instant time) {
        databaseModified = time;
        return this;
    }

    /**
     * Its address.
     *
     * @return URL ending in a slash
     */
    public String url() {
        return "http://" + host + ":" + (refusing ? closedPort : openPort) + "/";
    }

    /**
     * How often it was asked for anything.
     *
     * @return a count
     */
    public int requests() {
        return requests.get();
    }

    void asked() {
        requests.incrementAndGet();
    }

    @Override
    public String toString() {
        return url();
    }
}
