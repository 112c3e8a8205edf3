package flexo.launch;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.buf.MessageBytes;

/**
 * Tomcat's HTTP/1.1 protocol with four changes that it has no option for.
 *
 * <ul>
 *   <li>It accepts a {@code Host} with an underscore. RFC 952 forbids it in host names, and Tomcat answers 400, but
 *       Docker Compose uses such service names, and nginx sends the name of an {@code upstream} block.
 *   <li>A graceful stop waits for responses, not for idle keep-alive connections.
 *   <li>A port in use ends the start before the application begins, though the port is bound only when the application
 *       serves.
 *   <li>No thread waits for the body of a request that Tomcat answers by itself: {@link UnreadBodies}.
 *   <li>When nearly all connections are in use, idle ones are closed: {@link CrowdedEndpoint}.
 * </ul>
 */
public final class HttpProtocol extends Http11NioProtocol {
    /** The time in which idle clients may still send a request, whose response tells them to close. */
    private static final long LAST_REQUESTS_MILLIS = 500;

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
        return new Http11Processor(this, new UnreadBodies(getAdapter())) {
            @Override
            protected void parseHost(MessageBytes host) {
                String name = host == null || host.isNull() ? "" : host.toString();
                if (name.indexOf('_') < 0) {
                    super.parseHost(host);
                    return;
                }
                // Tomcat checks the rest, and finds the port.
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
