package flexo.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Clients with addresses of their own that ask for files and read next to nothing of what they get. One thread. */
public final class Strangers implements AutoCloseable {
    /** Enough for the head of an answer. */
    private static final int READ_BYTES = 4096;

    private final URI server;
    private final Deque<Socket> sockets = new ArrayDeque<>();

    /**
     * Strangers who ask one server.
     *
     * @param server its address
     */
    public Strangers(URI server) {
        this.server = server;
    }

    /**
     * Asks on a connection of its own.
     *
     * @param stranger who, from 0 to 200; each has one address
     * @param path of the file
     * @throws IOException if the server takes no connection
     */
    public void ask(int stranger, String path) throws IOException {
        Socket socket = new Socket(
                server.getHost(),
                server.getPort(),
                InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (10 + stranger)}),
                0);
        sockets.addLast(socket);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: " + server.getHost() + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * The last one who asked leaves.
     *
     * @throws IOException if closing fails
     */
    public void leave() throws IOException {
        sockets.removeLast().close();
    }

    /**
     * The beginnings of the answers that are there.
     *
     * @return each up to some kilobytes; empty where nothing has come
     * @throws IOException if a connection is broken
     */
    public List<String> answers() throws IOException {
        List<String> answers = new ArrayList<>();
        for (Socket socket : sockets) {
            int count = Math.min(READ_BYTES, socket.getInputStream().available());
            answers.add(new String(socket.getInputStream().readNBytes(count), StandardCharsets.ISO_8859_1));
        }
        return answers;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
