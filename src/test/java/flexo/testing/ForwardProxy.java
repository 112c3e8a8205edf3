package flexo.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * A forward proxy on 127.0.0.1, as companies have them: it alone knows what names mean, and may want to know who asks.
 *
 * <p>One request on each connection; https goes through a tunnel.
 */
public final class ForwardProxy implements AutoCloseable {
    private final Map<String, Integer> names = new ConcurrentHashMap<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final int port;
    private volatile ServerSocket listener;
    private volatile Thread acceptor;
    /** Null if anybody may ask. */
    private volatile String authorization;
    /** 0 if tunnels are opened. */
    private volatile int tunnelStatus;

    /**
     * Starts one on a free port.
     *
     * @throws IOException if there is none
     */
    public ForwardProxy() throws IOException {
        port = listen(0);
    }

    /** Teaches it what a name means: a port of this machine, whatever the port that is asked for. */
    public ForwardProxy knows(String name, int localPort) {
        names.put(name, localPort);
        return this;
    }

    /** From now on it answers only those who say who they are. */
    public ForwardProxy requires(String user, String password) {
        authorization =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** From now on it opens no tunnel, but answers with this status. */
    public ForwardProxy refusesTunnels(int status) {
        tunnelStatus = status;
        return this;
    }

    /** Its port of 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Its address, without credentials. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The heads of all requests so far as they came, oldest first. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    /** The first lines of all requests so far, oldest first. */
    public List<String> requestLines() {
        return heads.stream().map(head -> head.substring(0, head.indexOf('\r'))).toList();
    }

    /** Dies: connections are refused, and those that are open are closed. */
    public void die() throws IOException, InterruptedException {
        listener.close();
        acceptor.join();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** Comes back after {@link #die}. */
    public void comeBack() throws IOException {
        listen(port);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private int listen(int wanted) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 256);
        listener = socket;
        acceptor = start(() -> {
            while (true) {
                Socket client = socket.accept();
                open.add(client);
                Thread unused = start(() -> serve(client));
            }
        });
        return socket.getLocalPort();
    }

    private void serve(Socket client) throws IOException {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            heads.add(head);
            OutputStream out = client.getOutputStream();
            String[] words = head.substring(0, head.indexOf('\r')).split(" ", 3);
            if (authorization != null && !head.contains("Proxy-Authorization: " + authorization + "\r\n")) {
                say(out, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"");
            } else if (words[0].equals("CONNECT")) {
                tunnel(client, in, words[1]);
            } else {
                forward(client, head, URI.create(words[1]));
            }
        } finally {
            open.remove(client);
        }
    }

    private void tunnel(Socket client, InputStream in, String authority) throws IOException {
        if (tunnelStatus != 0) {
            say(client.getOutputStream(), tunnelStatus + " No");
            return;
        }
        int colon = authority.lastIndexOf(':');
        try (Socket server = connect(authority.substring(0, colon), Integer.parseInt(authority.substring(colon + 1)))) {
            client.getOutputStream().write("HTTP/1.1 200 Yes\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Thread unused = start(() -> {
                try (server) {
                    in.transferTo(server.getOutputStream());
                }
            });
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (UnknownNameException e) {
            say(client.getOutputStream(), "502 Unknown Name");
        }
    }

    private void forward(Socket client, String head, URI target) throws IOException {
        try (Socket server = connect(target.getHost(), target.getPort() < 0 ? 80 : target.getPort())) {
            String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
            String changed = head.lines()
                    .skip(1)
                    .filter(line -> !line.isEmpty() && !line.matches("(?i)(proxy-|connection:).*"))
                    .collect(Collectors.joining("\r\n"));
            String request = head.substring(0, head.indexOf(' ')) + " " + path + " HTTP/1.1\r\n" + changed
                    + "\r\nX-Forwarded-By: proxy\r\nConnection: close\r\n\r\n";
            server.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (UnknownNameException e) {
            say(client.getOutputStream(), "502 Unknown Name");
        }
    }

    private Socket connect(String host, int wanted) throws IOException {
        if (names.containsKey(host)) {
            return new Socket(InetAddress.getLoopbackAddress(), names.get(host));
        }
        if (!host.equals("127.0.0.1")) {
            throw new UnknownNameException(host);
        }
        return new Socket(InetAddress.getLoopbackAddress(), wanted);
    }

    private static void say(OutputStream out, String statusAndHeaders) throws IOException {
        out.write(("HTTP/1.1 " + statusAndHeaders + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    /** Up to and with the empty line; empty if none came. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int next = in.read(); next != -1; next = in.read()) {
            head.write(next);
            if (next == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    private static final class UnknownNameException extends IOException {
        private static final long serialVersionUID = 1L;

        UnknownNameException(String name) {
            super(name);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Thread start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // One side has gone, or the test is over.
                        return;
                    }
                },
                ScriptedMirror.THREAD_PREFIX + "proxy");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
