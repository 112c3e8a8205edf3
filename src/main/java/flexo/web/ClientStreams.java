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
    private final Executor pumps;
    private final ScheduledExecutorService timer;
    private final Supplier<Duration> clientTimeout;
    private final LongSupplier nanoTime;
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
     */
    public ClientStreams(
            Executor pumps, ScheduledExecutorService timer, Supplier<Duration> clientTimeout, LongSupplier nanoTime) {
        this.pumps = pumps;
        this.timer = timer;
        this.clientTimeout = clientTimeout;
        this.nanoTime = nanoTime;
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
        running.forEach(stream -> stream.cut("the application is being stopped"));
    }
}
