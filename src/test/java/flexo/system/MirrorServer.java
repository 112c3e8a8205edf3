package flexo.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * One or more real mirrors, each on a loopback port of its own, served by the fixtures' {@code mirror-server}.
 *
 * <p>Its faults are written in that program's own words, see its {@code --help}. Mirrors are numbered from 0. It ends
 * with {@link #close}, and with this JVM at the latest.
 */
final class MirrorServer implements AutoCloseable {
    private final HttpClient control = HttpClient.newHttpClient();
    private final RunningCommand program;
    private final URI controlUrl;
    private final List<URI> urls;

    private MirrorServer(RunningCommand program, URI controlUrl, List<URI> urls) {
        this.program = program;
        this.controlUrl = controlUrl;
        this.urls = urls;
    }

    /**
     * Serves a folder.
     *
     * @param folder what {@code make-arch-mirror} made, or any folder of files
     * @param mirrors how many mirrors, all with the same files
     * @param log file for what the program prints
     * @return the mirrors, ready
     */
    static MirrorServer serve(Path folder, int mirrors, Path log) {
        RunningCommand program = Command.of(
                        Machine.program("python3"), Machine.fixture("mirror-server"), folder, "--ports", mirrors)
                .start(log);
        try {
            String ready = Awaitility.await("the mirror server's first line")
                    .atMost(Duration.ofSeconds(30))
                    .until(program::output, text -> text.contains("\n") || !program.isRunning());
            if (!ready.contains("\n") || !program.isRunning()) {
                throw new IllegalStateException("the mirror server ended at once; it printed: " + ready);
            }
            Map<String, Object> addresses = JsonText.object(ready);
            List<URI> urls = JsonText.asArray(addresses.get("mirrors")).stream()
                    .map(url -> URI.create(url.toString()))
                    .toList();
            return new MirrorServer(program, URI.create(addresses.get("control").toString()), urls);
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /**
     * The addresses of all mirrors.
     *
     * @return each with a slash at its end
     */
    List<URI> urls() {
        return urls;
    }

    /**
     * Replaces a mirror's faults.
     *
     * @param mirror its number
     * @param rules JSON of one rule or of an array of rules
     */
    void rules(int mirror, String rules) {
        send("PUT", "ports/" + port(mirror) + "/rules", rules);
    }

    /** Ends all faults; a connection that stalls goes on to stall. */
    void clearRules() {
        send("DELETE", "ports/all/rules", "");
    }

    /**
     * Ends a mirror: its connections are reset and new ones refused.
     *
     * @param mirror its number
     */
    void refuse(int mirror) {
        send("PUT", "ports/" + port(mirror), "{\"state\": \"refuse\"}");
    }

    /** Forgets all requests and counts. */
    void forgetRequests() {
        send("DELETE", "stats", "");
    }

    /**
     * Every request since the last {@link #forgetRequests}.
     *
     * @return all mirrors' requests in their order
     */
    List<MirrorRequest> requests() {
        return JsonText.array(send("GET", "log", "")).stream()
                .map(MirrorRequest::of)
                .toList();
    }

    /**
     * How often each package file and package signature was asked for.
     *
     * @return number of requests by path
     */
    Map<String, Long> packageRequests() {
        return requests().stream()
                .filter(MirrorRequest::isForPackage)
                .collect(Collectors.groupingBy(MirrorRequest::path, Collectors.counting()));
    }

    /**
     * How much a mirror has sent since the last {@link #forgetRequests}.
     *
     * @param mirror its number
     * @return bytes of bodies
     */
    long sentBytes(int mirror) {
        Map<String, Object> live = JsonText.object(send("GET", "live", ""));
        return JsonText.asLong(
                JsonText.asObject(live.get(Integer.toString(port(mirror)))).get("bytes"));
    }

    @Override
    public void close() {
        program.close();
    }

    private int port(int mirror) {
        return urls.get(mirror).getPort();
    }

    private String send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(controlUrl.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = control.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(
                        "the mirror server refused " + method + " " + path + " " + body + ": " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
