package flexo.upstream;

import flexo.download.MirrorClient;
import flexo.download.MirrorRequest;
import flexo.download.MirrorResponseListener;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;

/** Asks mirrors for files. */
public final class HttpMirrorClient implements MirrorClient {
    private final UpstreamConnections connections;
    private final SpeedLimit speedLimit;

    /**
     * Asks over the given connections.
     *
     * @param speedLimit what all bodies together may take
     */
    public HttpMirrorClient(UpstreamConnections connections, SpeedLimit speedLimit) {
        this.connections = connections;
        this.speedLimit = speedLimit;
    }

    @Override
    public Exchange send(MirrorRequest mirrorRequest, MirrorResponseListener listener) {
        AsyncRequestBuilder request = mirrorRequest.headOnly() ? AsyncRequestBuilder.head() : AsyncRequestBuilder.get();
        request.setUri(mirrorRequest.uri());
        if (mirrorRequest.fromByte() > 0) {
            request.addHeader(HttpHeaders.RANGE, "bytes=" + mirrorRequest.fromByte() + "-");
        }
        // A context of its own for every request: nothing of one may reach another.
        HttpClientContext context = HttpClientContext.create();
        ResponseEvents events = new ResponseEvents(listener, context);
        Runnable cancel =
                connections.execute(request.build(), new ResponseConsumer(events, speedLimit), context, events);
        return cancel::run;
    }
}
