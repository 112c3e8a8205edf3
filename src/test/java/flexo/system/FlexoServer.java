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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * Flexo in a process of its own, by itself or in a Tomcat, with a port, a home and a cache directory that no other test
 * has. It can be stopped, killed and started again on the same port and cache.
 */
final class FlexoServer implements AutoCloseable {
    private static final String ADMIN_TOKEN = "the-token-of-these-tests";

    /** The value of the header {@code Authorization} for a server {@link #withAdminToken}. */
    static final String AUTHORIZATION = "Bearer " + ADMIN_TOKEN;

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);

    private final Path folder;
    private final URI url;
    private Command command;

    /** Null while it does not run. */
    private RunningCommand program;

    private FlexoServer(Path folder, URI url, Command container, List<URI> mirrors) {
        this.folder = folder;
        this.url = url;
        String list = mirrors.stream()
                .map(mirror -> '"' + mirror.toString() + '"')
                .collect(Collectors.joining(", ", "[", "]"));
        try {
            Files.createDirectories(folder.resolve("home"));
            Files.createDirectories(cache());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        command = container
                // The second compiler would mostly work for the tests that run beside this one.
                .with("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
                .with("HOME", folder.resolve("home").toString())
                .with("FLEXO_CACHE_DIRECTORY", cache().toString())
                .with("FLEXO_MIRROR_SELECTION_METHOD", "predefined")
                .with("FLEXO_MIRRORS_ORDER", "strict")
                .with("FLEXO_MIRRORS_PREDEFINED", list)
                // Nobody is to ask the archive of the real world.
                .with("FLEXO_ARCHIVE_FALLBACK", "false");
    }

    /**
     * A Flexo that runs by itself, from the executable WAR; not started yet.
     *
     * @param folder its own; made here
     * @param mirrors in the order it is to try them
     * @return it
     */
    static FlexoServer alone(Path folder, List<URI> mirrors) {
        int port = Machine.freePort();
        Command command = Command.of(Machine.java(), "-Duser.home=" + folder.resolve("home"), "-jar", Machine.war())
                .with("FLEXO_PORT", Integer.toString(port));
        return new FlexoServer(folder, URI.create("http://127.0.0.1:" + port + "/"), command, mirrors);
    }

    /**
     * A Flexo that was dropped into a Tomcat as {@code flexo.war}, whose configuration knows nothing of it; not started
     * yet.
     *
     * @param folder its own, with Tomcat's base; made here
     * @param mirrors in the order it is to try them
     * @return it; its address ends with its context path
     */
    static FlexoServer inTomcat(Path folder, List<URI> mirrors) {
        int port = Machine.freePort();
        Path base = catalinaBase(folder);
        try {
            Files.copy(Machine.war(), base.resolve("webapps").resolve("flexo.war"));
            Files.writeString(base.resolve("conf").resolve("server.xml"), """
                    <Server port="-1">
                      <Listener className="org.apache.catalina.core.JreMemoryLeakPreventionListener"/>
                      <Listener className="org.apache.catalina.core.ThreadLocalLeakPreventionListener"/>
                      <Service name="Catalina">
                        <Connector port="%d" address="127.0.0.1"/>
                        <Engine name="Catalina" defaultHost="localhost">
                          <Host name="localhost" appBase="webapps"/>
                        </Engine>
                      </Service>
                    </Server>
                    """.formatted(port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new FlexoServer(folder, URI.create("http://127.0.0.1:" + port + "/flexo/"), catalina(base), mirrors);
    }

    /**
     * A Flexo in a Tomcat that runs nothing else, on the configuration that is shipped for that; not started yet.
     *
     * @param folder its own, with Tomcat's base; made here
     * @param mirrors in the order it is to try them
     * @return it
     */
    static FlexoServer inTomcatOfItsOwn(Path folder, List<URI> mirrors) {
        int port = Machine.freePort();
        Path base = catalinaBase(folder);
        Command.of("cp", "-r", "tomcat-conf/.", base.resolve("conf"))
                .run(folder.resolve("copy.log"))
                .succeeded();
        Command.of("cp", Machine.war(), base).run(folder.resolve("copy.log")).succeeded();
        Command command = catalina(base).with("FLEXO_PORT", Integer.toString(port));
        return new FlexoServer(folder, URI.create("http://127.0.0.1:" + port + "/"), command, mirrors);
    }

    private static Path catalinaBase(Path folder) {
        Path base = folder.resolve("tomcat");
        try {
            for (String part : List.of("conf", "logs", "temp", "webapps", "work")) {
                Files.createDirectories(base.resolve(part));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return base;
    }

    private static Command catalina(Path base) {
        Path catalina = Machine.required(Path.of("/usr/share/tomcat10/bin/catalina.sh"), "Debian's tomcat10-common");
        return Command.of(catalina, "run")
                .with("CATALINA_BASE", base.toString())
                .with("CATALINA_HOME", catalina.getParent().getParent().toString())
                .with("CATALINA_TMPDIR", base.resolve("temp").toString())
                .with("JRE_HOME", System.getProperty("java.home"));
    }

    /**
     * A Flexo that serves.
     *
     * @param folder its own; made here
     * @param mirrors in the order it is to try them
     * @return it, ready
     */
    static FlexoServer started(Path folder, List<URI> mirrors) {
        return alone(folder, mirrors).start();
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
     * Lets whoever sends {@link #AUTHORIZATION} change something.
     *
     * @return this
     */
    FlexoServer withAdminToken() {
        Path file = folder.resolve("admin-token");
        try {
            Files.writeString(file, ADMIN_TOKEN);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return with("FLEXO_ADMIN_TOKEN_FILE", file.toString());
    }

    /**
     * Has the next start done by a user to whom permissions apply.
     *
     * @return this
     */
    FlexoServer withoutPrivileges() {
        command = command.withoutPrivileges();
        return this;
    }

    /** Starts it, and does not wait. */
    void launch() {
        program = command.start(log());
    }

    /**
     * Starts it and waits until it serves.
     *
     * @return this
     */
    FlexoServer start() {
        launch();
        awaitServing();
        return this;
    }

    /** Waits until it serves. */
    void awaitServing() {
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
    }

    /** Ends it as a service manager does, and waits until it is gone. */
    void stop() {
        beginToStop();
        awaitEnd();
    }

    /** Does what a service manager does first to end it. */
    void beginToStop() {
        program.terminate();
    }

    /** Waits until it is gone. */
    CommandResult awaitEnd() {
        return program.await(STOP);
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
        return url;
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
     * Where it notes what it need not serve.
     *
     * @return the folder
     */
    Path state() {
        return folder.resolve("cache-state");
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
                            HttpRequest.newBuilder(url.resolve("status"))
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
