package flexo.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The {@link ClientStream}s and {@link SuspendedRequest}s of the application, and their shared resources. Thread-safe.
 */
public final class ClientStreams {
    /** Twice the size of one write. */
    private static final int EACH_BYTES = 32 * 1024;

    private final Executor pumps;
    private final ScheduledExecutorService timer;
    private final Supplier<Duration> clientTimeout;
    private final LongSupplier nanoTime;
    private final int most;
    private final Set<ClientStream> running = ConcurrentHashMap.newKeySet();
    private final Set<SuspendedRequest> suspended = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /**
     * No stream is running yet.
     *
     * @param pumps writes responses; each stream has at most one task in its queue, which bounds it
     * @param timer detects clients that stop reading; its tasks are short
     * @param clientTimeout the time after which a client that takes no available byte is cut off; evaluated at each
     *     check
     * @param nanoTime as {@link System#nanoTime}
     * @param most the limit of concurrent streams
     */
    public ClientStreams(
            Executor pumps,
            ScheduledExecutorService timer,
            Supplier<Duration> clientTimeout,
            LongSupplier nanoTime,
            int most) {
        this.pumps = pumps;
        this.timer = timer;
        this.clientTimeout = clientTimeout;
        this.nanoTime = nanoTime;
        this.most = most;
    }

    Executor pumps() {
        return pumps;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    Duration clientTimeout() {
        return clientTimeout.get();
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    /**
     * The limit of concurrent streams: an eighth of the heap for the container's buffers of each, in addition to those
     * of a connection.
     */
    public static int most(long heapBytes) {
        return (int) Math.min(Integer.MAX_VALUE, heapBytes / 8 / EACH_BYTES);
    }

    /**
     * Whether there is no memory for one more stream to this client. A single address gets at most half of it, so that
     * it cannot lock out the others.
     */
    boolean full(String client) {
        int all = running.size();
        // Half of the limit cannot be in use by one client before half is in use at all.
        return all >= most || (all >= most / 2 && ofClient(client) >= most / 2);
    }

    private long ofClient(String client) {
        return running.stream().filter(stream -> stream.client().equals(client)).count();
    }

    /** The number of running streams. */
    public int count() {
        return running.size();
    }

    void began(ClientStream stream) {
        running.add(stream);
    }

    void ended(ClientStream stream) {
        running.remove(stream);
    }

    /**
     * Suspends a request. It is bounded by the deadlines of downloads and clients, not by the container's timeout.
     */
    SuspendedRequest suspend(HttpServletRequest request) {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        SuspendedRequest waiting = new SuspendedRequest(async, this);
        suspended.add(waiting);
        if (stopping) {
            waiting.stop();
        }
        return waiting;
    }

    void ended(SuspendedRequest waiting) {
        suspended.remove(waiting);
    }

    /** Whether the application is being stopped: nothing can be dispatched to it any more. */
    boolean stopping() {
        return stopping;
    }

    /** Begins the shutdown, before the sources of the streams are stopped. */
    public void beginToStop() {
        stopping = true;
    }

    /** Ends all remaining responses, and releases them. */
    public void stop() {
        suspended.forEach(SuspendedRequest::stop);
        running.forEach(stream -> stream.cut(ResponseEnd.STOPPED));
    }
}
