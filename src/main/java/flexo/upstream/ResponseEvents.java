package flexo.upstream;

import flexo.download.MirrorResponse;
import flexo.download.MirrorResponseListener;
import flexo.mirror.MirrorFailure;
import java.nio.ByteBuffer;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.ParseException;

/**
 * Converts the library's several ways of reporting one request into the order that {@link MirrorResponseListener}
 * promises: one end, and nothing after it.
 *
 * <p>The library calls on one I/O thread at a time, but may report a failure twice, or on the caller's thread when the
 * request was never sent. The monitor guards {@code over}; the listener is called outside of it.
 */
final class ResponseEvents implements FutureCallback<Void> {
    private final MirrorResponseListener listener;
    private final HttpClientContext context;

    private boolean over;
    private volatile boolean responded;

    ResponseEvents(MirrorResponseListener listener, HttpClientContext context) {
        this.listener = listener;
        this.context = context;
    }

    /** Passes on the head; false if the body is refused, after which nothing is passed on. */
    boolean response(MirrorResponse mirrorResponse) {
        responded = true;
        boolean wanted = listener.onResponse(mirrorResponse);
        if (!wanted) {
            finish();
        }
        return wanted;
    }

    void bytes(ByteBuffer bytes) {
        listener.onBytes(bytes);
    }

    void end() {
        if (finish()) {
            listener.onEnd();
        }
    }

    @Override
    public void completed(Void result) {
        // The consumer has already reported the end.
    }

    @Override
    public void failed(Exception cause) {
        if (finish()) {
            Failure failure = Failure.of(cause, responded);
            // Invalid HTTP may be the surplus of the previous response on a connection.
            boolean unusable = failure.connectionLost() || cause instanceof ParseException;
            boolean stale = !responded && unusable && connectionWasReused();
            listener.onFailure(failure.kind(), failure.detail(), stale);
        }
    }

    @Override
    public void cancelled() {
        if (finish()) {
            listener.onFailure(MirrorFailure.UNREACHABLE, "was not asked to the end", false);
        }
    }

    private boolean connectionWasReused() {
        EndpointDetails endpoint = context.getEndpointDetails();
        return endpoint != null && endpoint.getRequestCount() > 1;
    }

    private synchronized boolean finish() {
        boolean first = !over;
        over = true;
        return first;
    }
}
