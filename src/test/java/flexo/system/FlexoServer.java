package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * Flexo in a process of its own: {@code java -jar flexo.war} with a port, a home and a cache directory that no other
 * test has. It can be stopped, killed and started again on the same port and cache.
 */
final class FlexoServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);

    private final Path folder;
    private final int port = Machine.freePort();
    private Command command;

    /** Null while it does not run. */
    private RunningCommand program;

    /**
     * A Flexo that does not run yet.
     *
     * @param folder its own; made here
     * @param mirrors in the order it is to try them
     */
    FlexoServer(Path folder, List<URI> mirrors) {
        this.folder = folder;
        String list =
                mirrors.stream().map(url -> '"' + url.toString() + '"').collect(Collectors.joining(", ", "[", "]"));
        try {
            Files.createDirectories(folder.resolve("home"));
            Files.createDirectories(folder.resolve("cache"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        command = Command.of(Machine.java(), "-Duser.home=" + folder.resolve("home"), "-jar", Machine.war())
                .with("HOME", folder.resolve("home").toString())
                .with("FLEXO_PORT", Integer.toString(port))
                .with("FLEXO_CACHE_DIRECTORY", cache().toString())
                .with("FLEXO_MIRROR_SELECTION_METHOD", "predefined")
                .with("FLEXO_MIRRORS_PREDEFINED", list);
    }

    /**
     * A Flexo that serves.
     *
     * @param folder its own; made here
     * @param mirrors in the order it is to try them
     * @return it, ready
     */
    static FlexoServer started(Path folder, List<URI> mirrors) {
        return new FlexoServer(folder, mirrors).start();
    }

    /**
     * Sets a variable for the next start.
     *
     * @param name for example {@code FLEXO_LOW_SPEED_TIME_SECS}
     * @param value its value
     * @return this
     */
    FlexoServer with(String name, String value) {
        command = command.with(name, value);
        return this;
    }

    /**
     * Starts it and waits until it serves.
     *
     * @return this
     */
    FlexoServer start() {
        program = command.start(log());
        try {
            Awaitility.await("200 from /status")
                    .atMost(START)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !program.isRunning() || status() == 200);
            assertThat(program.isRunning())
                    .as("flexo runs; it printed:%n%s", program.output())
                    .isTrue();
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
        return this;
    }

    /** Ends it as a service manager does, and waits until it is gone. */
    void stop() {
        program.terminate();
        program.await(STOP);
    }

    /** Ends it as a power cut does. */
    void kill() {
        program.close();
    }

    /**
     * The base that clients are pointed at.
     *
     * @return its address with a slash at its end
     */
    URI url() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    /**
     * Its cache directory.
     *
     * @return the folder, empty at first
     */
    Path cache() {
        return folder.resolve("cache");
    }

    /**
     * The file of all it has logged, over all starts.
     *
     * @return the log
     */
    Path log() {
        return folder.resolve("flexo.log");
    }

    /**
     * How many threads it has, those of the JVM included.
     *
     * @return a count of this moment
     */
    int threads() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(program.pid()), "status"), StandardCharsets.UTF_8)
                    .stream()
                    .filter(line -> line.startsWith("Threads:"))
                    .map(line ->
                            Integer.valueOf(line.substring("Threads:".length()).trim()))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether it has not ended.
     *
     * @return true while it runs
     */
    boolean isRunning() {
        return program.isRunning();
    }

    @Override
    public void close() {
        if (program != null) {
            program.close();
        }
    }

    private int status() {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(url().resolve("status"))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
