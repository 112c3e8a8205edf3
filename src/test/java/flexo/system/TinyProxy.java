package flexo.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A real forward proxy (tinyproxy) on a loopback port, that wants a user and password. What it asks comes from {@link
 * #OWN_ADDRESS}, so that servers can tell it from everybody else.
 */
final class TinyProxy implements AutoCloseable {
    /** Where its own connections come from. */
    static final String OWN_ADDRESS = "127.0.0.2";

    static final String USER = "flexo";
    static final String PASSWORD = "s3cretOfTheProxy";

    private final Path folder;
    private final int port;
    /** Null while it is dead. */
    private RunningCommand program;

    private TinyProxy(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts one.
     *
     * @param folder its own; made here
     * @return it, accepting connections
     */
    static TinyProxy started(Path folder) {
        int port = Machine.freePort();
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("tinyproxy.conf"), """
                    Port %d
                    Listen 127.0.0.1
                    Bind %s
                    BasicAuth %s %s
                    Timeout 600
                    LogLevel Connect
                    MaxClients 100
                    """.formatted(port, OWN_ADDRESS, USER, PASSWORD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TinyProxy(folder, port).start();
    }

    /**
     * Starts it, for the first time or again, on the same port.
     *
     * @return this
     */
    TinyProxy start() {
        program = Command.of(Machine.program("tinyproxy"), "-d", "-c", folder.resolve("tinyproxy.conf"))
                .start(log());
        try {
            Awaitility.await("tinyproxy on port " + port)
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !program.isRunning() || accepts());
            if (!program.isRunning()) {
                throw new IllegalStateException("tinyproxy ended at once; it printed: " + program.output());
            }
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Ends it at once, with all its connections. */
    void kill() {
        program.close();
    }

    /**
     * Its address with user and password.
     *
     * @return as the variable {@code http_proxy} has it
     */
    URI url() {
        return URI.create("http://" + USER + ":" + PASSWORD + "@127.0.0.1:" + port);
    }

    /**
     * What it was asked so far.
     *
     * @return the first lines of all requests
     */
    List<String> requests() {
        try (var lines = Files.lines(log())) {
            return lines.filter(line -> line.contains("Request (file descriptor"))
                    .map(line -> line.replaceAll(".*\\): ", ""))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        program.close();
    }

    private Path log() {
        return folder.resolve("tinyproxy.log");
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
