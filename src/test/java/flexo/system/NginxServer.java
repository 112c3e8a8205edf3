package flexo.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A real nginx in a folder of its own, with one server on a loopback port. */
final class NginxServer implements AutoCloseable {
    private final RunningCommand program;
    private final URI url;

    private NginxServer(RunningCommand program, URI url) {
        this.program = program;
        this.url = url;
    }

    /**
     * Starts nginx.
     *
     * @param folder its own; made here
     * @param directives what stands in its {@code server} block besides the port
     * @return it, accepting connections
     */
    static NginxServer started(Path folder, String directives) {
        return started(folder, "", directives);
    }

    /**
     * Starts nginx.
     *
     * @param folder its own; made here
     * @param around what stands before its {@code server} block, such as {@code upstream}
     * @param directives what stands in its {@code server} block besides the port
     * @return it, accepting connections
     */
    static NginxServer started(Path folder, String around, String directives) {
        return started(folder, "http", "", around, directives);
    }

    /**
     * Starts nginx with TLS.
     *
     * @param folder its own; made here
     * @param certificate PEM file of its certificate
     * @param key PEM file of the key
     * @param directives what stands in its {@code server} block besides the port and the certificate
     * @return it, accepting connections
     */
    static NginxServer startedOverTls(Path folder, Path certificate, Path key, String directives) {
        return started(
                folder,
                "https",
                " ssl",
                "",
                "ssl_certificate %s;%nssl_certificate_key %s;%n%s".formatted(certificate, key, directives));
    }

    private static NginxServer started(
            Path folder, String scheme, String listenOption, String around, String directives) {
        Path nginx = Machine.program("nginx");
        int port = Machine.freePort();
        URI url = URI.create(scheme + "://127.0.0.1:" + port + "/");
        // As root it would serve as nobody, who cannot read the tests' folders.
        String configuration = (Machine.isRoot() ? "user root;\n" : "")
                + """
                daemon off;
                worker_processes 2;
                pid %1$s/nginx.pid;
                error_log stderr;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    sendfile on;
                    tcp_nopush on;
                    keepalive_requests 1000000;
                    client_body_temp_path %1$s/client;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    %4$s
                    server {
                        listen 127.0.0.1:%2$d%5$s;
                        %3$s
                    }
                }
                """.formatted(folder, port, directives, around, listenOption);
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("nginx.conf"), configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RunningCommand program = Command.of(nginx, "-p", folder, "-c", folder.resolve("nginx.conf"))
                .start(folder.resolve("nginx.log"));
        try {
            Awaitility.await("nginx on port " + port)
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !program.isRunning() || accepts(port));
            if (!program.isRunning()) {
                throw new IllegalStateException("nginx ended at once; it printed: " + program.output());
            }
            return new NginxServer(program, url);
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /**
     * Its address.
     *
     * @return with a slash at its end
     */
    URI url() {
        return url;
    }

    /**
     * What it has complained of.
     *
     * @return its error log so far
     */
    String log() {
        return program.output();
    }

    @Override
    public void close() {
        program.close();
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
