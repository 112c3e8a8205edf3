package flexo.upstream;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.BasicFuture;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * Happy Eyeballs (RFC 8305): connects to the first address of a server that answers. Each next address is tried a
 * moment after the previous one, or at once when that has failed. So dead addresses cost a client no time.
 *
 * @param initiator connects to a single address
 * @param addresses resolves a name
 * @param timer starts the next attempt
 */
record AddressRace(ConnectionInitiator initiator, Network.Lookup addresses, ScheduledExecutorService timer)
        implements ConnectionInitiator {
    /** RFC 8305, section 8. */
    private static final long APART_MILLIS = 250;

    @Override
    public Future<IOSession> connect(
            NamedEndpoint server,
            SocketAddress any,
            SocketAddress localAddress,
            Timeout timeout,
            Object attachment,
            FutureCallback<IOSession> callback) {
        Running running = new Running(
                (address, attempt) -> initiator.connect(
                        server,
                        new InetSocketAddress(address, server.getPort()),
                        localAddress,
                        timeout,
                        attachment,
                        attempt),
                callback);
        try {
            running.begin(interleaved(addresses.addresses(server.getHostName())));
        } catch (IOException e) {
            running.failed(e);
        }
        return running;
    }

    /** The addresses alternating between families, beginning with that of the first (RFC 8305, section 4). */
    static Queue<InetAddress> interleaved(List<InetAddress> addresses) {
        Deque<InetAddress> first = new ArrayDeque<>();
        Deque<InetAddress> second = new ArrayDeque<>();
        addresses.forEach(
                address -> (address.getClass().equals(addresses.get(0).getClass()) ? first : second).add(address));
        Queue<InetAddress> both = new ArrayDeque<>();
        while (!first.isEmpty() || !second.isEmpty()) {
            if (!first.isEmpty()) {
                both.add(first.remove());
            }
            if (!second.isEmpty()) {
                both.add(second.remove());
            }
        }
        return both;
    }

    private interface Connecting {
        Future<IOSession> to(InetAddress address, FutureCallback<IOSession> callback);
    }

    /** The attempts for one connection. The monitor guards mutable state; callbacks run outside of it. */
    private final class Running extends BasicFuture<IOSession> {
        private final Connecting connecting;
        private final List<Future<IOSession>> attempts = new ArrayList<>();
        private Queue<InetAddress> left = new ArrayDeque<>();
        private int unanswered;
        /** Null while none is scheduled. */
        private ScheduledFuture<?> next;

        private boolean over;

        Running(Connecting connecting, FutureCallback<IOSession> callback) {
            super(callback);
            this.connecting = connecting;
        }

        void begin(Queue<InetAddress> all) throws ConnectException {
            if (all.isEmpty()) {
                throw new ConnectException("no address");
            }
            synchronized (this) {
                left = all;
            }
            tryNext();
        }

        private void tryNext() {
            InetAddress address;
            synchronized (this) {
                if (over || left.isEmpty()) {
                    return;
                }
                address = left.remove();
                unanswered++;
                if (next != null) {
                    next.cancel(false);
                }
                next = left.isEmpty() ? null : scheduled();
            }
            Future<IOSession> attempt = connecting.to(address, new FutureCallback<>() {
                @Override
                public void completed(IOSession session) {
                    connected(session);
                }

                @Override
                public void failed(Exception cause) {
                    attemptFailed(cause);
                }

                @Override
                public void cancelled() {
                    attemptFailed(new ConnectException("cancelled"));
                }
            });
            boolean tooLate;
            synchronized (this) {
                attempts.add(attempt);
                tooLate = over;
            }
            if (tooLate) {
                attempt.cancel(true);
            }
        }

        private ScheduledFuture<?> scheduled() {
            try {
                return timer.schedule(this::tryNext, APART_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopped) {
                // The next one is tried when this one has failed.
                return null;
            }
        }

        private void connected(IOSession session) {
            if (end()) {
                completed(session);
                cancelAttempts();
            } else {
                session.close(CloseMode.IMMEDIATE);
            }
        }

        private void attemptFailed(Exception cause) {
            boolean last;
            synchronized (this) {
                unanswered--;
                last = left.isEmpty() && unanswered == 0;
            }
            if (!last) {
                tryNext();
            } else if (end()) {
                failed(cause);
            }
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean first = end();
            cancelAttempts();
            return first && super.cancel(mayInterrupt);
        }

        private synchronized boolean end() {
            boolean first = !over;
            over = true;
            if (next != null) {
                next.cancel(false);
            }
            return first;
        }

        /** Attempts that have ended ignore it. */
        private void cancelAttempts() {
            List<Future<IOSession>> begun;
            synchronized (this) {
                begun = List.copyOf(attempts);
            }
            begun.stream().filter(attempt -> !attempt.isDone()).forEach(attempt -> attempt.cancel(true));
        }
    }
}
