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
 * The body of one response on its way to one client: reads what is there, writes what the client takes, holds no thread
 * in between.
 *
 * <p>It does <em>ready? → read → write</em> until one of three things stops it, each of which owes exactly one wake-up by
 * exactly one party:
 *
 * <ul>
 *   <li>the socket is full: the container calls {@link #onWritePossible};
 *   <li>no byte is there yet: the content calls {@link #wake};
 *   <li>it has had its turn: it has queued itself again behind the others.
 * </ul>
 *
 * <p>What must not be changed without running the scenario tests on every container:
 *
 * <ul>
 *   <li>Every touch of the response happens under {@code lock}, the container's callbacks included: while one of them
 *       waits for the lock, the container cannot recycle the response under a running write.
 *   <li>What is written fits into the container's buffer, and is flushed before anything else is done. So the buffer is
 *       empty whenever the socket is full; Tomcat 10.1 otherwise sends it ahead of what is pending when the response ends
 *       then. And nothing stays behind in it until the next byte of the mirror.
 *   <li>The response is completed only when all is flushed and {@code isReady()} is true; Tomcat 10.1 otherwise sends the
 *       tail ahead of what is pending.
 *   <li>After an {@link IOException} the container ends the response, not we.
 *   <li>A response that cannot be finished is ended by a dispatch back to the servlet, which throws. To complete it would
 *       leave the client waiting for the rest. While the socket is full that is put off until it is not: the container
 *       would keep a thread waiting for the client. Should it never take another byte, the container closes the
 *       connection when its own limit for writes is reached.
 *   <li>While the application is being stopped nothing is dispatched: the container is asked to end the response, or,
 *       when it calls because the socket takes bytes again, told that it has failed.
 * </ul>
 */
final class ClientStream implements WriteListener, AsyncListener {
    private static final Logger LOG = Logger.getLogger(ClientStream.class.getName());
    /** What one client gets before the next one's turn. */
    private static final long TURN_BYTES = 1024 * 1024;

    private final AsyncContext async;
    private final ServletOutputStream out;
    private final Content content;
    private final Slice slice;
    private final int bufferBytes;
    private final String client;
    private final ClientStreams streams;
    private final ServedRequest.End end;
    /** One object for its whole life: the content knows a waiting reader by it. */
    private final Runnable onMore = this::wake;

    private final AtomicBoolean queued = new AtomicBoolean();

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock, all that follow.
    private long position;
    private boolean flushed = true;
    /** Whether anything was written or flushed. */
    private boolean begun;

    private boolean over;
    /** Why the response is still to be cut; null if it is not, or has been. */
    private String cutOwed;
    /** Whether the container has bytes that the socket does not take. */
    private boolean full;
    /** Since when it is full; meaningful only then. */
    private long fullSinceNanos;

    private ScheduledFuture<?> watch;

    /**
     * A stream that has not begun.
     *
     * @param bufferBytes at most the size of the container's buffer of this response
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
     * Begins; called once, by the thread that serves the request, after the headers are set.
     *
     * @throws IllegalStateException if the container does not take the stream; the content is then still the caller's
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

    /** There may be more to read. Never blocks; many calls at once count as one. */
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
            // Only for this turn: of the clients that do not read there may be thousands.
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

    /** Does one thing to a ready response; false if there is nothing more to do until somebody wakes us. */
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
        // Even if there is no byte yet, the client gets the head.
        begun = true;
        flushed = false;
        return true;
    }

    private void complete() {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            // It has met an error meanwhile, and waits for the lock to tell us.
            LOG.log(Level.FINE, "The container has ended a response by itself", e);
        }
    }

    /** Ends the response visibly broken, if it has not ended already. */
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
            // Bytes that are still to be sent would hold a thread of the container until the client takes them.
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

    /** Lets go of everything but the response; only under the lock, once. */
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

    /** The container has ended the response: it must find us out of it when it goes on. */
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
        // A dispatch that cuts the response does not start anew.
    }
}
