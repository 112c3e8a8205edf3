package flexo.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An HTTP/1.1 client on a bare socket: it sends the bytes it is given and reads as slowly, or as little, as it is told.
 *
 * <p>One connection to 127.0.0.1, kept alive over several requests; not for several threads at once. Reading gives up
 * after a time that is far beyond what any answer may take, so a hanging server fails the test and not the build.
 */
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    /**
     * Connects.
     *
     * @param port of 127.0.0.1
     * @throws IOException if it is refused
     */
    public RawClient(int port) throws IOException {
        this(port, 0);
    }

    /**
     * Connects with a small receive window, so that the server soon notices when this client does not read.
     *
     * @param port of 127.0.0.1
     * @param receiveBufferBytes size of the socket's receive buffer; 0 for the system's own
     * @throws IOException if it is refused
     */
    public RawClient(int port, int receiveBufferBytes) throws IOException {
        this(null, port, receiveBufferBytes);
    }

    private RawClient(InetAddress address, int port, int receiveBufferBytes) throws IOException {
        socket.bind(new InetSocketAddress(address, 0));
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        // A large buffer would read on behind the back of a test that wants to stop reading.
        in = new BufferedInputStream(socket.getInputStream(), 512);
    }

    /**
     * Connects from an address of this machine.
     *
     * @param address for example {@code 127.0.0.2}
     * @param port of 127.0.0.1
     * @return a client
     * @throws IOException if it is refused
     */
    public static RawClient from(String address, int port) throws IOException {
        return new RawClient(InetAddress.getByName(address), port, 0);
    }

    /**
     * Changes how long a read may wait.
     *
     * @param time longest silence before reading fails with a {@link java.net.SocketTimeoutException}
     * @throws IOException if the socket is closed
     */
    public void patience(Duration time) throws IOException {
        socket.setSoTimeout(Math.toIntExact(time.toMillis()));
    }

    /**
     * Sends bytes as they are.
     *
     * @param request one char per byte (ISO 8859-1)
     * @throws IOException if the connection is gone
     */
    public void send(String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Sends nothing more: the server sees the end of the stream, and may still answer.
     *
     * @throws IOException if the connection is gone
     */
    public void endOfRequests() throws IOException {
        socket.shutdownOutput();
    }

    /**
     * Sends a request with pacman's own headers.
     *
     * @param method for example {@code GET}
     * @param target request target, sent as it is
     * @param headers further header lines without their line ends
     * @throws IOException if the connection is gone
     */
    public void request(String method, String target, String... headers) throws IOException {
        StringBuilder text = new StringBuilder(method)
                .append(' ')
                .append(target)
                .append(" HTTP/1.1\r\nHost: 127.0.0.1:")
                .append(socket.getPort())
                .append("\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        text.append("User-Agent: pacman/7.1.0 (Linux x86_64) libalpm/16.0.0\r\nAccept: */*\r\n\r\n");
        send(text.toString());
    }

    /**
     * Asks and reads the whole answer.
     *
     * @param target request target, sent as it is
     * @param headers further header lines
     * @return head and body
     * @throws IOException if the answer does not come or ends early
     */
    public RawResponse get(String target, String... headers) throws IOException {
        request("GET", target, headers);
        return readResponse();
    }

    /**
     * Asks for the head only and reads it.
     *
     * @param target request target, sent as it is
     * @param headers further header lines
     * @return the head
     * @throws IOException if the answer does not come
     */
    public RawResponse head(String target, String... headers) throws IOException {
        request("HEAD", target, headers);
        return readHead();
    }

    /**
     * Reads status line and headers.
     *
     * @return a response with an empty body
     * @throws IOException if the connection ends before
     */
    public RawResponse readHead() throws IOException {
        String statusLine = line();
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).trim());
        }
        return new RawResponse(Integer.parseInt(statusLine.split(" ", 3)[1]), headers, new byte[0]);
    }

    /**
     * Reads a whole response.
     *
     * @return head and body
     * @throws IOException if the connection ends before the announced length
     */
    public RawResponse readResponse() throws IOException {
        RawResponse head = readHead();
        if (head.status() == 304) {
            return head;
        }
        if (head.contentLength() >= 0) {
            return head.withBody(read(Math.toIntExact(head.contentLength())));
        }
        return head.withBody("chunked".equals(head.header("Transfer-Encoding")) ? readChunks() : readToEnd());
    }

    /**
     * Reads exactly so many bytes.
     *
     * @param count how many
     * @return the bytes
     * @throws IOException if the connection ends or is silent before
     */
    public byte[] read(int count) throws IOException {
        byte[] bytes = new byte[count];
        int done = 0;
        while (done < count) {
            int got = in.read(bytes, done, count - done);
            if (got < 0) {
                throw new EOFException("the connection ended after " + done + " of " + count + " bytes");
            }
            done += got;
        }
        return bytes;
    }

    /**
     * Reads bytes and compares them with a file as they come, without keeping them.
     *
     * @param expected the file
     * @param position where in it the next byte lies
     * @param count how many bytes to read
     * @throws IOException if the connection ends or is silent before
     */
    public void readExpecting(FileContent expected, long position, long count) throws IOException {
        byte[] chunk = new byte[(int) Math.min(1 << 16, count)];
        for (long done = 0; done < count; ) {
            int got = in.read(chunk, 0, (int) Math.min(chunk.length, count - done));
            if (got < 0) {
                throw new EOFException("the connection ended after " + done + " of " + count + " bytes");
            }
            if (!expected.matches(position + done, chunk, got)) {
                throw new AssertionError(
                        "wrong bytes between " + (position + done) + " and " + (position + done + got));
            }
            done += got;
        }
    }

    /**
     * Reads until the connection ends, by FIN or by RST.
     *
     * @return all bytes before the end
     * @throws IOException if the server stays silent with the connection open
     */
    public byte[] readToEnd() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] chunk = new byte[1 << 16];
        try {
            for (int got = in.read(chunk); got >= 0; got = in.read(chunk)) {
                bytes.write(chunk, 0, got);
            }
        } catch (java.net.SocketException reset) {
            // A reset ends the connection as well as a FIN does; what came before it counts.
            return bytes.toByteArray();
        }
        return bytes.toByteArray();
    }

    /**
     * Vanishes with a FIN, or, when bytes are unread, as the system then does, with an RST.
     *
     * @throws IOException if closing fails
     */
    public void vanish() throws IOException {
        socket.close();
    }

    /**
     * Vanishes with an RST.
     *
     * @throws IOException if closing fails
     */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    public byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.write(read(size));
            line();
        }
        line();
        return body.toByteArray();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c == -1) {
                throw new EOFException("the connection ended inside the head after: " + line);
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
