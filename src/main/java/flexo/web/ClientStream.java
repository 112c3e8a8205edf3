package flexo.web;

import flexo.cache.Content;
import flexo.web.ByteRange.Slice;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The body of one response, streamed to one client: reads the available bytes, writes as much as the client takes, and
 * holds no thread in between.
 *
 * <p>It does <em>ready? → read → write</em> until one of three things stops it. Each of them guarantees exactly one
 * wake-up by exactly one party:
 *
 * <ul>
 *   <li>the socket is full: the container calls {@link #onWritePossible};
 *   <li>no byte is available yet: the content calls {@link #wake};
 *   <li>its turn is over: it has queued itself again behind the others.
 * </ul>
 *
 * <p>These rules must not be changed without running the scenario tests on every container:
 *
 * <ul>
 *   <li>Every access to the response happens under {@code lock}, in the container's callbacks, too: while a callback
 *       waits for the lock, the container cannot recycle the response under a running write.
 *   <li>Each write fits into the container's buffer, and is flushed at once. So the buffer is empty whenever the socket
 *       is full; otherwise, if the response ends then, Tomcat 10.1 sends the buffer ahead of pending bytes. And no byte
 *       stays in it until the mirror sends the next one.
 *   <li>The response is completed only when everything is flushed and {@code isReady()} is true; otherwise Tomcat 10.1
 *       sends the tail ahead of pending bytes.
 *   <li>After an {@link IOException} the container ends the response, not we.
 *   <li>A response that cannot be finished is ended by a dispatch back to the servlet, which throws. Completing it
 *       would leave the client waiting for the rest. The dispatch is deferred while the socket is full: the container
 *       would otherwise block a thread for the client. If the client never takes another byte, the container closes the
 *       connection at its own write timeout.
 *   <li>During shutdown nothing is dispatched: the container is told to end the response or, when it calls because the
 *       socket is writable again, that it has failed.
 * </ul>
 */
final class ClientStream implements WriteListener, AsyncListener {
    private static final Logger LOG = Logger.getLogger(ClientStream.class.getName());
    /** The bytes that one client gets before the next one's turn. */
    private static final long TURN_BYTES = 1024 * 1024;

    private final AsyncContext async;
    private final ServletOutputStream out;
    private final Content content;
    private final Slice slice;
    private final int bufferBytes;
    private final String client;
    private final ClientStreams streams;
    private final ServedRequest.End end;
    /** A single object: the content identifies a waiting reader by it. */
    private final Runnable onMore = this::wake;

    private final AtomicBoolean queued = new AtomicBoolean();

    private final ReentrantLock lock = new ReentrantLock();
    // All following fields are guarded by lock.
    private long position;
    private boolean flushed = true;
    /** Whether anything was written or flushed. */
    private boolean begun;

    private boolean over;
    /** The reason for an outstanding cut; null if there is none. */
    private String cutOwed;
    /** Whether the container has bytes that the socket does not take. */
    private boolean full;
    /** The time it became full; meaningful only then. */
    private long fullSinceNanos;

    private ScheduledFuture<?> watch;

    /**
     * A stream that has not begun.
     *
     * @param bufferBytes at most the container's buffer size for this response
     * @param client the address of its client
     */
    ClientStream(
            AsyncContext async,
            ServletOutputStream out,
            Content content,
            Slice slice,
            int bufferBytes,
            String client,
            ClientStreams streams,
            ServedRequest.End end) {
        this.async = async;
        this.out = out;
        this.content = content;
        this.slice = slice;
        this.position = slice.start();
        this.bufferBytes = bufferBytes;
        this.client = client;
        this.streams = streams;
        this.end = end;
    }

    /**
     * Begins the stream; called once, by the thread that serves the request, after the headers are set.
     *
     * @throws IllegalStateException if the container does not accept the stream; the caller still owns the content then
     */
    void start() {
        streams.began(this);
        try {
            async.addListener(this);
            // From here on the container may call back.
            out.setWriteListener(this);
        } catch (RuntimeException e) {
            streams.ended(this);
            throw e;
        }
        if (streams.stopping()) {
            cut(ResponseEnd.STOPPED);
        }
    }

    String client() {
        return client;
    }

    /** Signals that there may be more to read. Never blocks; concurrent calls are coalesced. */
    private void wake() {
        if (queued.compareAndSet(false, true)) {
            streams.pumps().execute(() -> {
                queued.set(false);
                pump();
            });
        }
    }

    @Override
    public void onWritePossible() throws IOException {
        pump();
        lock.lock();
        try {
            if (cutOwed != null) {
                // The application is being stopped, or has been.
                String reason = cutOwed;
                cutOwed = null;
                throw new CutResponseException(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    private void pump() {
        lock.lock();
        try {
            if (over) {
                cutIfOwed();
                return;
            }
            long turnEnds = position + TURN_BYTES;
            // Allocated per turn: there may be thousands of clients that do not read.
            byte[] bytes = null;
            while (!over && position < turnEnds) {
                if (!out.isReady()) {
                    socketIsFull();
                    return;
                }
                full = false;
                bytes = bytes == null ? new byte[bufferBytes] : bytes;
                if (!step(bytes)) {
                    return;
                }
            }
            if (!over) {
                wake();
            }
        } catch (IOException clientIsGone) {
            LOG.log(Level.FINER, "A client is gone", clientIsGone);
            finish(ResponseEnd.ofConnection(clientIsGone));
        } finally {
            lock.unlock();
        }
    }

    /** Performs one step on a ready response; false if there is nothing to do until the next wake-up. */
    private boolean step(byte[] bytes) throws IOException {
        if (!flushed) {
            flushed = true;
            out.flush();
            return true;
        }
        if (position == slice.end()) {
            finish(ResponseEnd.WHOLE);
            complete();
            return false;
        }
        int room = (int) Math.min(bytes.length, slice.end() - position);
        int count;
        try {
            count = content.read(position, ByteBuffer.wrap(bytes, 0, room), onMore);
        } catch (IOException neverComing) {
            cutResponse(ResponseEnd.failed(neverComing.getMessage()));
            return false;
        }
        if (count < 0) {
            finish(ResponseEnd.WHOLE);
            complete();
            return false;
        }
        if (count > 0) {
            out.write(bytes, 0, count);
            position += count;
        } else if (begun) {
            return false;
        }
        // The client gets the head even if no byte of the body is available yet.
        begun = true;
        flushed = false;
        return true;
    }

    private void complete() {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            // It has met an error meanwhile, and waits for the lock to report it.
            LOG.log(Level.FINE, "The container has ended a response by itself", e);
        }
    }

    /** Ends the response visibly broken, unless it has ended already. */
    void cut(ResponseEnd reason) {
        lock.lock();
        try {
            if (!over) {
                cutResponse(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    private void cutResponse(ResponseEnd reason) {
        finish(reason);
        cutOwed = reason.why();
        if (!full) {
            cutIfOwed();
        }
    }

    private void cutIfOwed() {
        if (cutOwed == null) {
            return;
        }
        if (streams.stopping()) {
            // Pending bytes would block a container thread until the client takes them.
            if (!full) {
                StoppedResponses.end(async);
            }
            return;
        }
        try {
            FileServlet.cut(async, cutOwed);
        } catch (IllegalStateException | UnsupportedOperationException e) {
            // As for a suspended request: it has ended, or its application is being stopped.
            LOG.log(Level.FINE, "The container does not take back a response that is to be cut", e);
            StoppedResponses.end(async);
        }
        cutOwed = null;
    }

    private void socketIsFull() {
        if (!full) {
            full = true;
            fullSinceNanos = streams.nanoTime().getAsLong();
        }
        if (watch == null || watch.isDone()) {
            watchClient(streams.clientTimeout());
        }
    }

    private void watchClient(Duration delay) {
        watch = streams.timer().schedule(this::checkClient, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void checkClient() {
        lock.lock();
        try {
            if (over || !full) {
                return;
            }
            Duration waited = Duration.ofNanos(streams.nanoTime().getAsLong() - fullSinceNanos);
            Duration left = streams.clientTimeout().minus(waited);
            if (left.isNegative() || left.isZero()) {
                cutResponse(ResponseEnd.tookNothing(
                        "the client took no byte for " + waited.toSeconds() + " s (client_timeout_secs)"));
            } else {
                watchClient(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Releases everything except the response; called once, under the lock. */
    private void finish(ResponseEnd how) {
        over = true;
        if (watch != null) {
            watch.cancel(false);
        }
        streams.ended(this);
        content.forget(onMore);
        content.close();
        end.ended(position - slice.start(), how);
    }

    /** The container has ended the response, and must not find us using it afterwards. */
    private void endedByContainer(ResponseEnd reason) {
        lock.lock();
        try {
            if (!over) {
                finish(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable cause) {
        endedByContainer(ResponseEnd.ofConnection(cause));
    }

    @Override
    public void onError(AsyncEvent event) {
        endedByContainer(ResponseEnd.ofConnection(event.getThrowable()));
    }

    @Override
    public void onComplete(AsyncEvent event) {
        endedByContainer(ResponseEnd.byContainer("the container ended it"));
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        cut(ResponseEnd.byContainer("the container's patience was over"));
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // A dispatch that cuts the response starts no new cycle.
    }
}
