package flexo.upstream;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.impl.nio.DefaultAsyncClientConnectionOperator;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.nio.AsyncClientConnectionOperator;
import org.apache.hc.client5.http.nio.ManagedAsyncClientConnection;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.util.Timeout;

/** The library's connection operator, with an {@link AddressRace} instead of one address after another. */
final class Connector extends DefaultAsyncClientConnectionOperator {
    private final Network network;
    private final ScheduledExecutorService timer;

    private Connector(TlsStrategy tls, SchemePortResolver ports, Network network, ScheduledExecutorService timer) {
        super(
                RegistryBuilder.<TlsStrategy>create()
                        .register(URIScheme.HTTPS.getId(), tls)
                        .build(),
                ports,
                new LeftToRace());
        this.network = network;
        this.timer = timer;
    }

    /**
     * Builds pools with this connector.
     *
     * @param timer starts the next attempt
     */
    static PoolingAsyncClientConnectionManagerBuilder pool(Network network, ScheduledExecutorService timer) {
        return new PoolingAsyncClientConnectionManagerBuilder() {
            @Override
            protected AsyncClientConnectionOperator createConnectionOperator(
                    TlsStrategy tls, SchemePortResolver ports, DnsResolver ignored) {
                return new Connector(tls, ports, network, timer);
            }
        };
    }

    @Override
    public Future<ManagedAsyncClientConnection> connect(
            ConnectionInitiator initiator,
            HttpHost host,
            Path unixSocket,
            NamedEndpoint server,
            SocketAddress localAddress,
            Timeout timeout,
            Object attachment,
            HttpContext context,
            FutureCallback<ManagedAsyncClientConnection> callback) {
        // An address that was checked is not resolved again.
        Network.Lookup lookup = host.getAddress() == null
                ? network.lookup()
                : name -> Trail.of(context).addresses(host.getAddress());
        return super.connect(
                new AddressRace(initiator, lookup, timer),
                host,
                unixSocket,
                server,
                localAddress,
                timeout,
                attachment,
                context,
                callback);
    }

    /** Resolves nothing, since the race does. */
    private static final class LeftToRace implements DnsResolver {
        @Override
        public List<InetSocketAddress> resolve(String host, int port) {
            return List.of(InetSocketAddress.createUnresolved(host, port));
        }

        @Override
        public InetAddress[] resolve(String host) {
            throw new UnsupportedOperationException(host);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
