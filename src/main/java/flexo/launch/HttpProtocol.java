package flexo.launch;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.buf.MessageBytes;

/**
 * Tomcat's HTTP/1.1 protocol, with four things that it has no switch for.
 *
 * <ul>
 *   <li>It answers requests whose {@code Host} has an underscore. RFC 952 knows no such host names, and Tomcat refuses them
 *       with 400. But Docker Compose names its services so, and nginx sends the name of an {@code upstream} block.
 *   <li>A graceful stop waits for responses, not for idle connections that clients keep.
 *   <li>A port that is taken ends the start before the application begins, though it is bound only when the application serves.
 *   <li>When nearly all connections are in use, those that nobody uses make room: {@link CrowdedEndpoint}.
 * </ul>
 */
public final class HttpProtocol extends Http11NioProtocol {
    /** How long clients with an idle connection may still send a request, whose answer tells them that it is the last. */
    private static final long LAST_REQUESTS_MILLIS = 500;

    /** Made by Tomcat, which is told of this class in {@code server.xml}. */
    public HttpProtocol() {
        super(new CrowdedEndpoint());
    }

    @Override
    public void init() throws Exception {
        if (getPortWithOffset() > 0) {
            try (ServerSocket probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(new InetSocketAddress(getAddress(), getPortWithOffset()));
            }
        }
        super.init();
    }

    @Override
    public long awaitConnectionsClose(long waitMillis) {
        long grace = Math.min(waitMillis, LAST_REQUESTS_MILLIS);
        long later = waitMillis - grace;
        if (super.awaitConnectionsClose(grace) > 0) {
            return later;
        }
        List.copyOf(getEndpoint().getConnections()).forEach(CrowdedEndpoint::closeIfIdle);
        return super.awaitConnectionsClose(later);
    }

    @Override
    protected Processor createProcessor() {
        return new Http11Processor(this, getAdapter()) {
            @Override
            protected void parseHost(MessageBytes host) {
                String name = host == null || host.isNull() ? "" : host.toString();
                if (name.indexOf('_') < 0) {
                    super.parseHost(host);
                    return;
                }
                // Tomcat checks all else, and finds the port.
                MessageBytes checked = MessageBytes.newInstance();
                checked.setString(name.replace('_', 'x'));
                checked.toBytes();
                super.parseHost(checked);
                if (!getErrorState().isError()) {
                    int colon = name.lastIndexOf(':');
                    request.serverName().setString(colon < 0 ? name : name.substring(0, colon));
                }
            }
        };
    }
}
