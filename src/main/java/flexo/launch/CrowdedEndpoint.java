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
 * Tomcat's endpoint, which makes room when nearly {@code maxConnections} are open, as nginx does: for each new connection it closes
 * the longest idle one. If all are, an address that has more than half of them gets no further one.
 *
 * <p>Tomcat alone lets everybody wait then, and who opens connections and sends nothing can shut everybody else out.
 */
final class CrowdedEndpoint extends NioEndpoint {
    /** The share of {@code maxConnections} that is kept free. */
    private static final int SPARE = 16;

    CrowdedEndpoint() {}

    /** On the acceptor's thread, the only one that adds connections. */
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

    /** By the last answer, or else the connection's beginning: bytes of a request that never ends do not help. */
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
     * Closes a connection, unless a request of it is being served. A thread that begins to has its lock.
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

    /** It waits for bytes of a request, from its first to the last of the head; while one is being served, nothing of the next is read. */
    private static boolean isIdle(SocketWrapperBase<?> connection) {
        return ((NioSocketWrapper) connection).interestOps() == SelectionKey.OP_READ;
    }
}
