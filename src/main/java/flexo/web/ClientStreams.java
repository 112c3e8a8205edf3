package flexo.web;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * What all {@link ClientStream}s work with, and which of them are running.
 *
 * @param pumps writes responses; each stream has at most one task in it, so its queue is bounded by the clients
 * @param timer watches clients that stop reading; its tasks are short
 * @param clientTimeout how long a client may take nothing while there are bytes for it
 * @param nanoTime the passing of time, as {@link System#nanoTime}
 * @param running those that have begun and not ended; safe for threads
 */
public record ClientStreams(
        Executor pumps,
        ScheduledExecutorService timer,
        Duration clientTimeout,
        LongSupplier nanoTime,
        Set<ClientStream> running) {

    /** None running yet. */
    public ClientStreams(
            Executor pumps, ScheduledExecutorService timer, Duration clientTimeout, LongSupplier nanoTime) {
        this(pumps, timer, clientTimeout, nanoTime, ConcurrentHashMap.newKeySet());
    }

    /** Cuts all responses, because the application is being stopped. */
    public void cutAll() {
        running.forEach(stream -> stream.cut("the application is being stopped"));
    }
}
