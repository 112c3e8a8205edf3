package flexo.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Many connections that send what they like and read nothing. One thread is enough for all. */
public final class HostileClients implements AutoCloseable {
    private static final int WINDOW_BYTES = 4096;

    private final List<SocketChannel> connections = new ArrayList<>();

    /**
     * Connects, and has each connection send as much of some text as the system takes at once.
     *
     * @param port of 127.0.0.1
     * @param count how many
     * @param text what each sends; empty for nothing
     * @throws IOException if a connection is refused
     */
    public HostileClients(int port, int count, String text) throws IOException {
        this(port, count, text, 1);
    }

    /**
     * The same from several addresses of this machine, from 127.0.0.1 on, in turn.
     *
     * @param port of 127.0.0.1
     * @param count how many
     * @param text what each sends; empty for nothing
     * @param addresses up to 200
     * @throws IOException if a connection is refused
     */
    public HostileClients(int port, int count, String text, int addresses) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < count; i++) {
            SocketChannel connection = SocketChannel.open();
            connections.add(connection);
            connection.setOption(StandardSocketOptions.SO_RCVBUF, WINDOW_BYTES);
            connection.bind(new InetSocketAddress("127.0.0." + (1 + i % addresses), 0));
            // A connection that waits in the system's queue is connected as well.
            connection.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            connection.configureBlocking(false);
            connection.write(ByteBuffer.wrap(bytes));
        }
    }

    /** {@return how many there are} */
    public int count() {
        return connections.size();
    }

    /** Many requests for one place, one behind the other. */
    public static String pipelined(String method, String target, int requests) {
        return (method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").repeat(requests);
    }

    /**
     * What some of the connections have got so far.
     *
     * @return the first line of each, if there is one yet
     * @throws IOException if reading fails
     */
    public List<String> firstLines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (SocketChannel connection : connections) {
            ByteBuffer head = ByteBuffer.allocate(WINDOW_BYTES);
            if (connection.read(head) > 0) {
                String text = new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1);
                lines.add(text.lines().findFirst().orElse(""));
            }
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel connection : connections) {
            connection.setOption(StandardSocketOptions.SO_LINGER, 0);
            connection.close();
        }
    }
}
