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

/** All {@link ClientStream}s and {@link SuspendedRequest}s of the application, and what they work with. Safe for threads. */
public final class ClientStreams {
    /** Twice what is written at once. */
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
     * None running yet.
     *
     * @param pumps writes responses; each stream has at most one task in it, so its queue is bounded by the clients
     * @param timer watches clients that stop reading; its tasks are short
     * @param clientTimeout how long a client may take nothing while there are bytes for it; asked for whenever one is watched
     * @param nanoTime the passing of time, as {@link System#nanoTime}
     * @param most how many responses may be streamed at once
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
     * How many responses may be streamed at once: an eighth of the heap for what the container buffers for each, besides
     * what it takes for any connection.
     */
    public static int most(long heapBytes) {
        return (int) Math.min(Integer.MAX_VALUE, heapBytes / 8 / EACH_BYTES);
    }

    /**
     * Whether so many responses are being streamed that there is no memory for one more to this client. One address has no more
     * than half of it, so that nobody keeps all others out.
     */
    boolean full(String client) {
        int all = running.size();
        // Nobody has half of what is less than half.
        return all >= most || (all >= most / 2 && ofClient(client) >= most / 2);
    }

    private long ofClient(String client) {
        return running.stream().filter(stream -> stream.client().equals(client)).count();
    }

    /** How many responses are being streamed. */
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
     * Suspends a request. How long it may take is decided by the deadlines of what it waits for and of clients, not by
     * the container's.
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

    /** The application is being stopped: before the sources of its streams are. */
    public void beginToStop() {
        stopping = true;
    }

    /** Ends all responses that are left, and lets go of them. */
    public void stop() {
        suspended.forEach(SuspendedRequest::stop);
        running.forEach(stream -> stream.cut(ResponseEnd.STOPPED));
    }
}
