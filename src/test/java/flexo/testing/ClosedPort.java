package flexo.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A port at which every connection is refused, and which stays so: it is taken, but nobody listens. */
public final class ClosedPort implements AutoCloseable {
    private final Socket holder = new Socket();

    /**
     * Takes a free port of all addresses of this machine.
     *
     * @throws IOException if there is none
     */
    public ClosedPort() throws IOException {
        holder.bind(new InetSocketAddress(0));
    }

    /**
     * The port.
     *
     * @return a number
     */
    public int port() {
        return holder.getLocalPort();
    }

    /**
     * Its address as a mirror.
     *
     * @return URL ending in a slash
     */
    public String url() {
        return "http://127.0.0.1:" + port() + "/";
    }

    @Override
    public void close() throws IOException {
        holder.close();
    }
}
