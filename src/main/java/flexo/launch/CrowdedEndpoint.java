package flexo.launch;

import java.net.InetAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * A Tomcat endpoint that makes room when nearly {@code maxConnections} are open, as nginx does: for each new connection
 * it closes the one that has been idle longest. If none is idle, an address with more than half of the connections gets
 * no further one.
 *
 * <p>Tomcat by itself would let new connections wait, so that a client which opens connections and sends nothing could
 * lock out all others.
 */
final class CrowdedEndpoint extends NioEndpoint {
    /** The fraction of {@code maxConnections} kept free. */
    private static final int SPARE = 16;

    CrowdedEndpoint() {}

    /** Runs on the acceptor's thread, the only one that adds connections. */
    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
        int most = getMaxConnections();
        boolean crowded = most > 0 && getConnectionCount() > most - most / SPARE;
        if (crowded && !closeLongestIdle() && hasMoreThanHalf(socket.socket().getInetAddress())) {
            destroySocket(socket);
            return false;
        }
        return super.setSocketOptions(socket);
    }

    /**
     * Idle since the last response, or the connection's start: trickling bytes of an endless request does not count.
     */
    private boolean closeLongestIdle() {
        Optional<NioSocketWrapper> idle = getConnections().stream()
                .map(NioSocketWrapper.class::cast)
                .filter(CrowdedEndpoint::isIdle)
                .min(Comparator.comparingLong(NioSocketWrapper::getLastWrite));
        return idle.isPresent() && closeIfIdle(idle.get());
    }

    private boolean hasMoreThanHalf(InetAddress address) {
        Collection<SocketWrapperBase<NioChannel>> all = getConnections();
        String name = address.getHostAddress();
        return all.stream()
                        .filter(connection -> name.equals(connection.getRemoteAddr()))
                        .count()
                > all.size() / 2;
    }

    /**
     * Closes a connection, unless a request is being served on it. A thread that begins to serve one holds its lock.
     *
     * @return whether it was closed
     */
    static boolean closeIfIdle(SocketWrapperBase<?> connection) {
        Lock lock = connection.getLock();
        if (!lock.tryLock()) {
            return false;
        }
        try {
            boolean idle = isIdle(connection);
            if (idle) {
                connection.close();
            }
            return idle;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether it waits for the rest of a request's head, or for its first byte; nothing of the next request is read
     * while one is served.
     */
    private static boolean isIdle(SocketWrapperBase<?> connection) {
        return ((NioSocketWrapper) connection).interestOps() == SelectionKey.OP_READ;
    }
}
