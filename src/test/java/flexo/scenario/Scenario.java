package flexo.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployer;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * One test's world: its settings, cache directory, mirrors, clients, and the application between them.
 *
 * <p>At the end of the test the application is undeployed, and the test fails if that left a thread behind or if
 * Tomcat's log holds a leak warning or a SEVERE that was not announced with {@link #log()}.
 */
final class Scenario implements BeforeEachCallback, InvocationInterceptor {
    /** Where in the cache directory nothing is cached. */
    private static final String MARK = ".flexo-cache/";

    private static final String ADMIN_TOKEN = "the-token-of-these-tests";

    /** The header that lets a request change something. */
    static final String AS_ADMIN = "Authorization: Bearer " + ADMIN_TOKEN;

    private final Map<String, String> settings = new HashMap<>();
    private final Map<String, String> formerProperties = new HashMap<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private ContainerLog log = new ContainerLog();
    private Deployer deployer;
    private Path base;
    private String deployed;
    private Set<Thread> threadsBefore = Set.of();

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        log = new ContainerLog();
        log.attach();
        settings.clear();
        base = Files.createTempDirectory("flexo-scenario-");
        set("cache_directory", cache());
        set("mirror_selection_method", "predefined");
        // So that a test can say who is asked whatever else is running.
        set("mirrors_order", "strict");
        // Nobody is to ask the archive of the real world.
        set("archive_fallback", "false");
        Path token = Files.writeString(base.resolve("admin-token"), ADMIN_TOKEN + "\n");
        set("admin_token_file", Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------")));
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runAndEnd(test);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runAndEnd(test);
    }

    /** Wraps the test method itself: Arquillian's deployer works only there, no longer in an after-each callback. */
    private void runAndEnd(Invocation<Void> test) throws Throwable {
        try {
            test.proceed();
        } catch (Throwable failure) {
            try {
                end();
            } catch (Exception | AssertionError consequence) {
                failure.addSuppressed(consequence);
            }
            throw failure;
        }
        end();
    }

    private void end() throws Exception {
        for (AutoCloseable resource : toClose) {
            resource.close();
        }
        toClose.clear();
        try {
            if (deployed != null) {
                undeploy();
            }
            assertThat(log.problems()).as("leaks and errors in the log").isEmpty();
        } finally {
            log.detach();
            delete(base);
        }
    }

    /** Tells who deploys; to be called before each test. */
    void deployedBy(Deployer arquillian) {
        deployer = arquillian;
    }

    /** Gives a setting, by its name without the prefix. Takes effect with the next deployment. */
    Scenario set(String key, Object value) {
        settings.put("flexo." + key, value.toString());
        return this;
    }

    /** Leaves a setting to its default, though {@link Scenario} gives it. */
    Scenario unset(String key) {
        settings.remove("flexo." + key);
        return this;
    }

    /** A new mirror without files, closed after the test. */
    ScriptedMirror mirror() throws IOException {
        return closing(new ScriptedMirror());
    }

    /** Has something closed after the test. */
    <T extends AutoCloseable> T closing(T resource) {
        toClose.add(resource);
        return resource;
    }

    /** Deploys at the root, with these mirrors in this order. */
    Scenario start(ScriptedMirror... mirrors) {
        return start(Arrays.stream(mirrors).map(ScriptedMirror::url).toArray(String[]::new));
    }

    /** Deploys at the root, with mirrors at these URLs. */
    Scenario start(String... mirrorUrls) {
        set("mirrors_predefined", String.join(",", mirrorUrls));
        deploy(FlexoWar.ROOT);
        return this;
    }

    /** Deploys one of the class's deployments with the settings as they are. */
    void deploy(String deployment) {
        if (deployed != null) {
            throw new IllegalStateException(deployed + " is still there");
        }
        threadsBefore = Thread.getAllStackTraces().keySet();
        settings.forEach((key, value) -> formerProperties.put(key, System.getProperty(key)));
        settings.forEach(System::setProperty);
        deployed = deployment;
        deployer.deploy(deployment);
    }

    /** Undeploys, and fails if a thread of the application is still alive some seconds later. */
    void undeploy() {
        String deployment = deployed;
        deployed = null;
        try {
            deployer.undeploy(deployment);
            Awaitility.await("the application's threads end")
                    .atMost(Duration.ofSeconds(5))
                    .untilAsserted(() ->
                            assertThat(applicationThreads()).as("threads left").isEmpty());
        } finally {
            formerProperties.forEach((key, value) -> {
                if (value == null) {
                    System.clearProperty(key);
                } else {
                    System.setProperty(key, value);
                }
            });
            formerProperties.clear();
        }
    }

    /** Undeploys and deploys again over the same cache directory. */
    void restart() {
        String deployment = deployed;
        undeploy();
        deploy(deployment);
    }

    /** Threads that the application started, by name: all but those of Tomcat, of the tests and of the JVM. */
    Set<String> applicationThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !threadsBefore.contains(thread))
                .map(Thread::getName)
                .filter(name -> !name.startsWith(ScriptedMirror.THREAD_PREFIX)
                        && !name.matches("(http-nio|Catalina-utility|awaitility|client-|container-).*"))
                .collect(Collectors.toSet());
    }

    /** Tomcat's and the application's log of this test. */
    ContainerLog log() {
        return log;
    }

    /** The HTTP port. */
    int port() {
        return Container.port();
    }

    /** A new connection, closed after the test. */
    RawClient client() throws IOException {
        return closing(new RawClient(port()));
    }

    /** A new connection with a small receive window, closed after the test. */
    RawClient clientWithSmallWindow() throws IOException {
        return closing(new RawClient(port(), 4096));
    }

    /** Asks on a connection of its own and reads the whole answer. */
    RawResponse get(String target, String... headers) throws IOException {
        try (RawClient client = new RawClient(port())) {
            return client.get(target, headers);
        }
    }

    /**
     * Asks for a file until it comes from the cache, and once more for the whole answer. The client of a download may
     * have its last byte before the file is published, and then a next request still joins.
     */
    RawResponse hit(String target, String... headers) throws IOException {
        Awaitility.await(target + " comes from the cache")
                .until(() ->
                        Answers.CACHE.equals(get(target, "Range: bytes=0-0").header(Answers.ORIGIN)));
        return get(target, headers);
    }

    /** The cache directory. */
    Path cache() {
        return base.resolve("cache");
    }

    /** The place in the cache of a path as requested. */
    Path cached(String path) {
        return cache().resolve(path.substring(1));
    }

    /** The place of what the application notes for itself. */
    Path state(String name) {
        return base.resolve("cache-state").resolve(name);
    }

    /** A scratch directory beside the cache. */
    Path scratch() {
        return base;
    }

    /** All regular files under the cache directory, relative to it, but for those of the mark. */
    Set<String> cachedFiles() {
        return filesUnder(cache()).stream()
                .filter(file -> !file.startsWith(MARK))
                .collect(Collectors.toSet());
    }

    /** All regular files of the test's whole directory, relative to it, so that nothing escapes the cache unseen. */
    Set<String> allFiles() {
        return filesUnder(base);
    }

    /** Copies a tree, as a power cut would leave it. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path source : tree.toList()) {
                Path target = to.resolve(from.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(source, target);
                }
            }
        }
    }

    /** Deletes a tree; absent is fine. */
    static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static Set<String> filesUnder(Path root) {
        if (!Files.exists(root)) {
            return Set.of();
        }
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
