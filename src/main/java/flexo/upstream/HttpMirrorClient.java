package flexo.upstream;

import flexo.download.MirrorClient;
import flexo.download.MirrorRequest;
import flexo.download.MirrorResponseListener;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;

/** Requests files from mirrors. */
public final class HttpMirrorClient implements MirrorClient {
    private final UpstreamConnections connections;
    private final SpeedLimit speedLimit;
    private final SpeedLimit slowLimit;

    /**
     * Uses these connections.
     *
     * @param speedLimit the limit of all bodies together
     * @param slowLimit the limit of all low-priority bodies together
     */
    public HttpMirrorClient(UpstreamConnections connections, SpeedLimit speedLimit, SpeedLimit slowLimit) {
        this.connections = connections;
        this.speedLimit = speedLimit;
        this.slowLimit = slowLimit;
    }

    @Override
    public Exchange send(MirrorRequest mirrorRequest, MirrorResponseListener listener) {
        AsyncRequestBuilder request = mirrorRequest.headOnly() ? AsyncRequestBuilder.head() : AsyncRequestBuilder.get();
        Addressed address = Addressed.to(mirrorRequest.uri());
        request.setUri(address.uri());
        if (mirrorRequest.fromByte() > 0) {
            String last =
                    mirrorRequest.untilByte() == Long.MAX_VALUE ? "" : Long.toString(mirrorRequest.untilByte() - 1);
            request.addHeader(HttpHeaders.RANGE, "bytes=" + mirrorRequest.fromByte() + "-" + last);
        }
        if (mirrorRequest.onlyIfCached()) {
            request.addHeader(HttpHeaders.CACHE_CONTROL, "only-if-cached");
        }
        if (!mirrorRequest.via().isEmpty()) {
            request.addHeader(HttpHeaders.VIA, mirrorRequest.via());
        }
        mirrorRequest.ifChanged().ifPresent(known -> {
            known.lastModified()
                    .ifPresent(time ->
                            request.addHeader(HttpHeaders.IF_MODIFIED_SINCE, DateUtils.formatStandardDate(time)));
            if (!known.etag().isEmpty()) {
                request.addHeader(HttpHeaders.IF_NONE_MATCH, known.etag());
            }
        });
        ResponseEvents events = new ResponseEvents(listener, address.context());
        SpeedLimit limit = limit(mirrorRequest);
        if (mirrorRequest.inSmallPieces()) {
            limit = new SmallPortions(limit);
        }
        ResponseConsumer consumer = new ResponseConsumer(events, limit);
        Runnable cancel = connections.execute(request.build(), consumer, address.context(), events);
        return new Exchange() {
            @Override
            public void cancel() {
                cancel.run();
            }

            @Override
            public void pause() {
                consumer.pause();
            }

            @Override
            public void goOn() {
                consumer.goOn();
            }
        };
    }

    /** The limits are for the line to the mirrors. */
    private SpeedLimit limit(MirrorRequest mirrorRequest) {
        return mirrorRequest.onlyIfCached()
                ? SpeedLimit.none()
                : mirrorRequest.slowly() ? slowLimit.and(speedLimit) : speedLimit;
    }
}
