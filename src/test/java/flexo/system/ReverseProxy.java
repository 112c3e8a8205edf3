package flexo.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** A reverse proxy in this JVM that lets something happen before it passes a request on, and says for whom it asks. */
final class ReverseProxy implements AutoCloseable {
    private static final List<String> PASSED_ON = List.of("If-Modified-Since", "Range", "User-Agent");

    private final URI target;
    private final Consumer<String> beforePath;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * Starts it.
     *
     * @param target where requests go, with a slash at its end
     * @param beforePath told the path of each request first
     */
    ReverseProxy(URI target, Consumer<String> beforePath) {
        this.target = target;
        this.beforePath = beforePath;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::passOn);
        server.start();
    }

    /**
     * Its address.
     *
     * @return with a slash at its end
     */
    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void passOn(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        beforePath.accept(path);
        HttpRequest.Builder request = HttpRequest.newBuilder(target.resolve(path.substring(1)))
                .header(
                        "X-Forwarded-For",
                        "192.0.2.1, " + exchange.getRemoteAddress().getAddress().getHostAddress());
        for (String name : PASSED_ON) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        try (exchange) {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            response.headers()
                    .firstValue("Last-Modified")
                    .ifPresent(time -> exchange.getResponseHeaders().set("Last-Modified", time));
            byte[] body = response.body();
            exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
