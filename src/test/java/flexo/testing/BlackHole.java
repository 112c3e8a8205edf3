package flexo.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An address on this machine where connecting neither succeeds nor fails.
 *
 * <p>Linux drops a SYN when the queue of a listening socket is full, just as a router that swallows packets: the queue
 * is made as small as it goes and filled with connections that nobody accepts.
 */
public final class BlackHole implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> queue = new ArrayList<>();

    /**
     * Opens one on a free port.
     *
     * @throws IOException if the queue cannot be filled
     */
    public BlackHole() throws IOException {
        this(null, 0);
    }

    /**
     * Opens one at an address.
     *
     * @param address null for all of this machine
     * @param port 0 for a free one
     * @throws IOException if the port is taken, or the queue cannot be filled
     */
    public BlackHole(InetAddress address, int port) throws IOException {
        listener = new ServerSocket(port, 1, address);
        InetAddress reached = address == null ? InetAddress.getLoopbackAddress() : address;
        while (true) {
            Socket filler = new Socket();
            queue.add(filler);
            try {
                filler.connect(new InetSocketAddress(reached, listener.getLocalPort()), 150);
            } catch (SocketTimeoutException full) {
                return;
            }
            if (queue.size() > 64) {
                throw new IOException("64 connections fit into a queue of one: this system accepts for the program");
            }
        }
    }

    /**
     * Its address as a mirror.
     *
     * @return URL ending in a slash
     */
    public String url() {
        return "http://127.0.0.1:" + listener.getLocalPort() + "/";
    }

    /**
     * Many black holes: the same port at as many addresses.
     *
     * @param count up to 250
     * @return URLs of different hosts, ending in a slash
     */
    public List<String> urls(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(host -> "http://127.2.0." + host + ":" + listener.getLocalPort() + "/")
                .toList();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket filler : queue) {
            filler.close();
        }
    }
}
