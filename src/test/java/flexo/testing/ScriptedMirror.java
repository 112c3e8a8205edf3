package flexo.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * An HTTP/1.1 origin on 127.0.0.1 that holds files, writes down every request, and fails exactly as it is told.
 *
 * <p>It works on bare sockets because no library will send what is asked of it here. One thread per connection; every
 * method may be called from any thread at any time.
 */
public final class ScriptedMirror implements AutoCloseable {
    /** Prefix of the names of all its threads, so that a test can leave them out when it counts threads. */
    public static final String THREAD_PREFIX = "scripted-mirror-";

    /** The Last-Modified of every file that was given none. */
    public static final Instant LAST_MODIFIED = Instant.parse("2025-01-01T00:00:00Z");

    /** A file that the mirror has. */
    record Stored(FileContent content, Instant lastModified) {
        String etag() {
            return "\"" + Long.toHexString(content.lengthBytes()) + "-" + lastModified.getEpochSecond() + "\"";
        }
    }

    /** A fault and when it applies; {@code path} null means every path. */
    private record Rule(String path, IntPredicate nth, Fault fault) {}

    private final Map<String, Stored> files = new ConcurrentHashMap<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicInteger> countByPath = new ConcurrentHashMap<>();
    private final List<RecordedRequest> requests = new ArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final int port;
    /** Null for plain HTTP. */
    private final SSLContext tls;

    private final boolean wantsCertificate;
    private final String[] tlsVersions;
    private volatile ServerSocket listener;
    private volatile Thread acceptor;
    /** Holds the port without listening on it; null until connections are refused for the first time. */
    private volatile Socket refusing;

    /**
     * Starts one on a free port of 127.0.0.1.
     *
     * @throws IOException if there is none
     */
    public ScriptedMirror() throws IOException {
        this(null, false);
    }

    private ScriptedMirror(SSLContext tls, boolean wantsCertificate, String... tlsVersions) throws IOException {
        this.tls = tls;
        this.wantsCertificate = wantsCertificate;
        this.tlsVersions = tlsVersions;
        port = listen(0);
    }

    /**
     * Starts one that speaks TLS, with the certificate of {@link TestCertificates}.
     *
     * @param wantsCertificate whether it speaks only to clients with a certificate of the same authority
     * @return on a free port of 127.0.0.1
     * @throws IOException if there is none
     */
    public static ScriptedMirror overTls(boolean wantsCertificate) throws IOException {
        return new ScriptedMirror(TestCertificates.serverContext(), wantsCertificate, "TLSv1.3", "TLSv1.2");
    }

    /**
     * The same, without certificates of clients, for one version of the protocol.
     *
     * @param version for example {@code TLSv1.2}
     * @return on a free port of 127.0.0.1
     * @throws IOException if there is none
     */
    public static ScriptedMirror overTls(String version) throws IOException {
        return new ScriptedMirror(TestCertificates.serverContext(), false, version);
    }

    /**
     * An HTTP date as headers carry it.
     *
     * @param time to the second
     * @return for example {@code Wed, 01 Jan 2025 00:00:00 GMT}
     */
    public static String httpDate(Instant time) {
        return DateTimeFormatter.RFC_1123_DATE_TIME
                .format(time.atOffset(ZoneOffset.UTC))
                .replaceFirst("^(\\w+, )(\\d) ", "$10$2 ");
    }

    /**
     * Its address.
     *
     * @return URL ending in a slash
     */
    public String url() {
        return (tls == null ? "http" : "https") + "://127.0.0.1:" + port + "/";
    }

    /**
     * Its port.
     *
     * @return a port of 127.0.0.1
     */
    public int port() {
        return port;
    }

    /**
     * Gives it a file, or replaces one.
     *
     * @param path from the root, with a leading slash, not percent-encoded
     * @param content the bytes
     * @return this
     */
    public ScriptedMirror file(String path, FileContent content) {
        return file(path, content, LAST_MODIFIED);
    }

    /**
     * Gives it a file, or replaces one.
     *
     * @param path from the root, with a leading slash, not percent-encoded
     * @param content the bytes
     * @param lastModified to the second
     * @return this
     */
    public ScriptedMirror file(String path, FileContent content, Instant lastModified) {
        files.put(path, new Stored(content, lastModified));
        return this;
    }

    /**
     * Takes a file away.
     *
     * @param path as given to {@code file}
     */
    public void remove(String path) {
        files.remove(path);
    }

    /**
     * Spoils every answer for a path.
     *
     * @param path as given to {@code file}; it need not exist
     * @param fault what to do instead
     * @return this
     */
    public ScriptedMirror fault(String path, Fault fault) {
        rules.add(0, new Rule(path, n -> true, fault));
        return this;
    }

    /**
     * Spoils one answer for a path.
     *
     * @param path as given to {@code file}
     * @param nth which request for this path, from 1
     * @param fault what to do instead
     * @return this
     */
    public ScriptedMirror faultOnRequest(String path, int nth, Fault fault) {
        rules.add(0, new Rule(path, n -> n == nth, fault));
        return this;
    }

    /**
     * Spoils every answer for which no other fault was given.
     *
     * @param fault what to do instead
     * @return this
     */
    public ScriptedMirror faultEverywhere(Fault fault) {
        rules.add(new Rule(null, n -> true, fault));
        return this;
    }

    /** Forgets all faults; connections that stall go on stalling. */
    public void heal() {
        rules.clear();
    }

    /**
     * All requests so far, oldest first.
     *
     * @return a copy
     */
    public List<RecordedRequest> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /**
     * The requests for one path so far, oldest first.
     *
     * @param path as given to {@code file}
     * @return a copy
     */
    public List<RecordedRequest> requestsFor(String path) {
        return requests().stream()
                .filter(request -> request.path().equals(path))
                .toList();
    }

    /**
     * How many connections were accepted so far.
     *
     * @return a count
     */
    public int connectionsAccepted() {
        return connections.get();
    }

    /**
     * How many connections neither side has closed.
     *
     * @return a count
     */
    public int connectionsOpen() {
        return open.size();
    }

    /**
     * Has connections refused, and resets those that are open. The port stays taken, so that no other server gets it.
     *
     * @throws IOException if the port cannot be closed
     * @throws InterruptedException if the test is interrupted
     */
    public void refuseConnections() throws IOException, InterruptedException {
        listener.close();
        // The system keeps the port open until the thread that waits on it has noticed.
        acceptor.join();
        refusing = new Socket();
        refusing.setReuseAddress(true);
        refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        dropConnections();
    }

    /**
     * Opens the port again after {@link #refuseConnections}.
     *
     * @throws IOException if it cannot be opened
     */
    public void acceptConnections() throws IOException {
        refusing.close();
        listen(port);
    }

    /** Closes all connections at once, busy or idle, with a FIN where nothing is unread. */
    public void dropConnections() {
        for (Socket socket : open) {
            closeQuietly(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (refusing != null) {
            refusing.close();
        }
        dropConnections();
        threads.forEach(Thread::interrupt);
    }

    /** Notes a request and finds out what is to be done with it. */
    Fault arrived(RecordedRequest request) {
        synchronized (requests) {
            requests.add(request);
        }
        int nth = countByPath
                .computeIfAbsent(request.path(), path -> new AtomicInteger())
                .incrementAndGet();
        return rules.stream()
                .filter(rule -> rule.path() == null || rule.path().equals(request.path()))
                .filter(rule -> rule.nth().test(nth))
                .map(Rule::fault)
                .findFirst()
                .orElseGet(Fault::new);
    }

    /** The file at a path, or null. */
    Stored stored(String path) {
        return files.get(path);
    }

    private int listen(int wanted) throws IOException {
        ServerSocket socket = newSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 1024);
        listener = socket;
        acceptor = start("accept-" + socket.getLocalPort(), () -> accept(socket));
        return socket.getLocalPort();
    }

    private ServerSocket newSocket() throws IOException {
        if (tls == null) {
            return new ServerSocket();
        }
        SSLServerSocket socket = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket();
        socket.setNeedClientAuth(wantsCertificate);
        socket.setEnabledProtocols(tlsVersions);
        return socket;
    }

    private void accept(ServerSocket from) {
        while (true) {
            try {
                Socket socket = from.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                int number = connections.incrementAndGet();
                start(port + "-" + number, () -> serve(socket, number));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            new MirrorConnection(this, socket, number).run();
        } catch (IOException | InterruptedException overOrClosed) {
            // The other side went away or the test ended: what was sent is in the records, nothing else is of interest.
            return;
        } finally {
            open.remove(socket);
        }
    }

    private Thread start(String name, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } finally {
                        threads.remove(Thread.currentThread());
                    }
                },
                THREAD_PREFIX + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closing is all that was wanted.
            return;
        }
    }
}
