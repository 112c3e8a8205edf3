package flexo.launch;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Tomcat's endpoint, which makes room when nearly {@code maxConnections} are open. Tomcat alone lets everybody wait then, and a client
 * that sends nothing, or reads nothing, can shut everybody else out.
 *
 * <ul>
 *   <li>For each new connection the longest idle one is closed, as nginx does.
 *   <li>If none is idle, the network with most connections loses one whose client takes no bytes.
 *   <li>What is left is for networks with few connections: any other gets no further one.
 * </ul>
 *
 * <p>A network is an IPv4 address or an IPv6 prefix of 64 bits, which is what one host may have.
 */
final class CrowdedEndpoint extends NioEndpoint {
    /** The share of {@code maxConnections} that is kept free, and that one network may have when there is a crowd. */
    private static final int SPARE = 16;

    private static final int PREFIX_BYTES = 8;
    /** How long a client in a crowd may send or take no bytes. */
    private static final long STALLED_MILLIS = 1000;

    CrowdedEndpoint() {}

    /** On the acceptor's thread, the only one that adds connections. */
    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
        int most = getMaxConnections();
        int spare = Math.max(1, most / SPARE);
        if (most > 0 && getConnectionCount() > most - spare && !closeLongestIdle()) {
            Map<String, Long> crowd =
                    connections().collect(Collectors.groupingBy(CrowdedEndpoint::network, Collectors.counting()));
            hurry(crowd);
            if (crowd.getOrDefault(network(socket), 0L) >= spare) {
                destroySocket(socket);
                return false;
            }
        }
        return super.setSocketOptions(socket);
    }

    /** Not who has just come, and may not even be registered for reading. By the last answer, or else the connection's beginning: bytes of a request that never ends do not help. */
    private boolean closeLongestIdle() {
        long latest = System.currentTimeMillis() - STALLED_MILLIS;
        return longestUnanswered(connection -> isIdle(connection) && connection.getLastWrite() < latest)
                .filter(CrowdedEndpoint::closeIfIdle)
                .isPresent();
    }

    /** Has Tomcat end a response that waits for its client, as it does after {@code connectionTimeout} if nobody needs the place. */
    private void hurry(Map<String, Long> crowd) {
        crowd.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .flatMap(largest -> longestUnanswered(connection -> connection.getWriteTimeout() != STALLED_MILLIS
                        && network(connection).equals(largest.getKey())))
                .ifPresent(connection -> connection.setWriteTimeout(STALLED_MILLIS));
    }

    private Optional<NioSocketWrapper> longestUnanswered(Predicate<NioSocketWrapper> which) {
        return connections().filter(which).min(Comparator.comparingLong(NioSocketWrapper::getLastWrite));
    }

    private Stream<NioSocketWrapper> connections() {
        return getConnections().stream().map(NioSocketWrapper.class::cast);
    }

    private static String network(NioSocketWrapper connection) {
        return network(connection.getSocket().getIOChannel());
    }

    /** Of a channel that another thread has just closed there may be nothing left. */
    static String network(SocketChannel socket) {
        InetAddress address = socket == null ? null : socket.socket().getInetAddress();
        return address instanceof Inet6Address
                ? Arrays.toString(Arrays.copyOf(address.getAddress(), PREFIX_BYTES))
                : String.valueOf(address);
    }

    /**
     * Closes a connection, unless a request of it is being served. A thread that begins to has its lock.
     *
     * @return whether it was closed
     */
    static boolean closeIfIdle(SocketWrapperBase<?> connection) {
        if (!connection.getLock().tryLock()) {
            return false;
        }
        try {
            boolean idle = isIdle(connection);
            if (idle) {
                connection.close();
            }
            return idle;
        } finally {
            connection.getLock().unlock();
        }
    }

    /** It waits for bytes of a request, from its first to the last of the head; while one is being served, nothing of the next is read. */
    private static boolean isIdle(SocketWrapperBase<?> connection) {
        return ((NioSocketWrapper) connection).interestOps() == SelectionKey.OP_READ;
    }
}
