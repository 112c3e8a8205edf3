package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that runs the built {@code flexo.war} by {@code java -jar}. It has a home and a cache of its own, and one predefined
 * mirror that answers nothing. Closing it kills it.
 */
final class LaunchedWar implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final Process program;
    private final Path output;

    private LaunchedWar(Process program, Path output) {
        this.program = program;
        this.output = output;
    }

    /**
     * Starts one.
     *
     * @param java the {@code java} command
     * @param home the user's home for it; what it prints goes to a file in it
     * @param port FLEXO_PORT
     * @param variables further environment variables
     * @param arguments of the program
     * @return the process, which need not serve yet
     */
    static LaunchedWar start(Path java, Path home, int port, Map<String, String> variables, String... arguments)
            throws IOException {
        return start(java, home, port, variables, false, arguments);
    }

    /** Starts one as systemd does, which tells it that its standard error is the journal. */
    static LaunchedWar startIntoJournal(Path java, Path home, int port) throws IOException {
        return start(java, home, port, Map.of(), true);
    }

    private static LaunchedWar start(
            Path java, Path home, int port, Map<String, String> variables, boolean journal, String... arguments)
            throws IOException {
        Files.createDirectories(home);
        Path output = Files.createTempFile(home, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(
                        java.toString(), "-Duser.home=" + home, "-jar", System.getProperty("flexo.test.war"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.command().addAll(List.of(arguments));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("FLEXO_") || name.startsWith("CATALINA_"));
        environment.put("FLEXO_PORT", Integer.toString(port));
        environment.put("FLEXO_CACHE_DIRECTORY", home.resolve("cache").toString());
        environment.put("FLEXO_MIRROR_SELECTION_METHOD", "predefined");
        // Port 9 (discard): nobody listens.
        environment.put("FLEXO_MIRRORS_PREDEFINED", "http://127.0.0.1:9/");
        environment.putAll(variables);
        environment.remove("JOURNAL_STREAM");
        if (journal) {
            environment.put(
                    "JOURNAL_STREAM",
                    Files.getAttribute(output, "unix:dev") + ":" + Files.getAttribute(output, "unix:ino"));
        }
        return new LaunchedWar(builder.start(), output);
    }

    /**
     * The status of a GET.
     *
     * @param url what to get
     * @return the status, or -1 if there is no answer
     */
    static int get(String url) throws InterruptedException {
        try {
            return CLIENT.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(Duration.ofSeconds(15))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException noAnswer) {
            return -1;
        }
    }

    /** Waits until {@code /status} is answered with 200. */
    void awaitServing(String root) {
        await().atMost(START)
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> assertThat(program.isAlive()).as(this::output).isTrue())
                .untilAsserted(
                        () -> assertThat(get(root + "status")).as(this::output).isEqualTo(200));
    }

    /** Sends SIGTERM. */
    void terminate() {
        program.destroy();
    }

    /**
     * Waits for its end.
     *
     * @param patience how long at most
     * @return the exit code
     */
    int exitCode(Duration patience) throws InterruptedException {
        assertThat(program.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
                .as(() -> "not ended after " + patience + ":\n" + output())
                .isTrue();
        return program.exitValue();
    }

    /** {@return everything it has printed so far} */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException gone) {
            return "(" + gone + ")";
        }
    }

    @Override
    public void close() {
        program.destroyForcibly().onExit().join();
    }
}
