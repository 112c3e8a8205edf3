package flexo.web;

import flexo.web.ByteRange.Slice;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code GET /api/v1/events}: the state as it changes, as server-sent events of the HTML standard.
 *
 * <p>The first event contains the whole state; each later one, once a second, the members that have changed. Without
 * listeners no snapshots are made. A listener costs no thread and no text of its own: all share the same, sent by
 * {@link ClientStream}s.
 */
public final class StateEvents extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(StateEvents.class.getName());

    /** Each listener needs the container's buffers for a response. */
    static final int LISTENERS = 200;

    private static final int BUFFER_BYTES = 16 * 1024;

    private final transient Snapshots snapshots;
    private final transient TrustedProxies proxies;
    private final transient ClientStreams streams;
    private final transient Set<Feed> listeners = ConcurrentHashMap.newKeySet();

    // Guarded by the monitor:
    /** The state known to the listeners. */
    private transient Map<String, String> told = Map.of();
    /** The next snapshot; null without listeners. */
    private transient ScheduledFuture<?> next;

    /**
     * No listeners yet.
     *
     * @param proxies trusted to name the client
     * @param streams writes the events, as many to one client as it allows
     */
    public StateEvents(Snapshots snapshots, TrustedProxies proxies, ClientStreams streams) {
        this.snapshots = snapshots;
        this.proxies = proxies;
        this.streams = streams;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            FileServlet.throwIfCut(request, response);
            return;
        }
        if (!request.getMethod().equals("GET")) {
            ErrorAnswer.of(HttpServletResponse.SC_METHOD_NOT_ALLOWED, "Only GET is answered here.")
                    .with("Allow", "GET")
                    .send(response);
        } else if (listeners.size() >= LISTENERS || streams.full(client(request))) {
            ErrorAnswer.write(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "There are too many listeners; one has to disconnect first.");
        } else {
            listen(request, response);
        }
    }

    private void listen(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        // For nginx, which would otherwise buffer the events.
        response.setHeader("X-Accel-Buffering", "no");
        response.setBufferSize(BUFFER_BYTES);
        Feed[] self = new Feed[1];
        Feed feed = new Feed(() -> listeners.remove(self[0]));
        self[0] = feed;
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        listeners.add(feed);
        try {
            new ClientStream(
                            async,
                            response.getOutputStream(),
                            feed,
                            new Slice(0, Long.MAX_VALUE),
                            Math.min(BUFFER_BYTES, response.getBufferSize()),
                            client(request),
                            streams,
                            (bytes, end) -> {})
                    .start();
        } catch (IOException | RuntimeException e) {
            feed.close();
            throw e;
        }
        welcome(feed);
    }

    private String client(HttpServletRequest request) {
        return proxies.client(request).toString();
    }

    private synchronized void welcome(Feed feed) {
        byte[] all = event(snapshots.members());
        feed.tell(all, all);
        if (next == null) {
            told = snapshots.members();
            lookAgain();
        }
    }

    private void lookAgain() {
        if (streams.stopping()) {
            return;
        }
        try {
            next = streams.timer()
                    .schedule(
                            () -> streams.pumps().execute(this::look), Snapshots.APART.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.FINE, "Everything is being stopped", e);
        }
    }

    private synchronized void look() {
        if (listeners.isEmpty()) {
            next = null;
            told = Map.of();
            return;
        }
        try {
            Map<String, String> now = snapshots.members();
            Map<String, String> changed = new LinkedHashMap<>(now);
            changed.entrySet().removeAll(told.entrySet());
            told = now;
            byte[] text = event(changed);
            byte[] full = event(now);
            listeners.forEach(listener -> listener.tell(text, full));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The state cannot be told to those who watch it; it is tried again", e);
        }
        lookAgain();
    }

    /** Written even without changes, so that a listener sees that the connection is alive. */
    private static byte[] event(Map<String, String> members) {
        return ("data: " + StateJson.print(members) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }
}
