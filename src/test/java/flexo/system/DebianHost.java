package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * A Debian host, booted by systemd in a network namespace of its own, with the packaged Tomcat under its own systemd unit.
 *
 * <p>Its files are a layer over a root that {@code install-test-programs} prepares, so hosts share nothing that they
 * write. Only programs that run {@link #inNetwork} reach it, by its own loopback address. It ends with {@link #close}.
 */
final class DebianHost implements AutoCloseable {
    private static final Duration BOOT = Duration.ofMinutes(2);
    private static final Duration HALT = Duration.ofMinutes(1);
    private static final Pattern EXPOSURE = Pattern.compile("Overall exposure level for \\S+: ([0-9.]+)");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Path folder;
    private final Path root;
    private final String network;

    /** Null until it is booted. */
    private RunningCommand systemd;

    private DebianHost(Path folder) {
        this.folder = folder;
        this.root = folder.resolve("root");
        this.network = "flexo-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    }

    /**
     * A host that is switched off.
     *
     * @param folder its own; made here
     * @return the host, whose files can be changed before it boots
     */
    static DebianHost prepare(Path folder) {
        return prepare(folder, "debian-tomcat10");
    }

    /** A host that is switched off, where nothing serves but what its files say: its Tomcat, nginx and others are not enabled. */
    static DebianHost bare(Path folder) {
        return prepare(folder, "debian-fleet");
    }

    private static DebianHost prepare(Path folder, String root) {
        Path base = Machine.unpacked(root, "");
        Machine.program("systemd-nspawn");
        Machine.program("ip");
        Machine.program("curl");
        DebianHost host = new DebianHost(folder);
        try {
            Files.createDirectories(host.root);
            Files.createDirectories(folder.resolve("changes"));
            Files.createDirectories(folder.resolve("overlay"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        host.succeed(Command.of("mount", "-t", "overlay", "overlay", "-o")
                .and(List.of(
                        "lowerdir=" + base + ",upperdir=" + folder.resolve("changes") + ",workdir="
                                + folder.resolve("overlay"),
                        host.root.toString())));
        host.succeed(Command.of("ip", "netns", "add", host.network));
        host.succeed(host.inNetwork(Command.of("ip", "link", "set", "lo", "up")));
        return host;
    }

    /**
     * A file of the host.
     *
     * @param path absolute, as the host sees it
     * @return the file as this machine sees it
     */
    Path file(String path) {
        return root.resolve(path.substring(1));
    }

    /** Writes a file of the host, and the directories above it. */
    void write(String path, String text) {
        try {
            Files.createDirectories(file(path).getParent());
            Files.writeString(file(path), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of its network. */
    String network() {
        return network;
    }

    /** Copies a file of the project, or of the build, to the host. */
    void install(Path file, String path) {
        try {
            Files.createDirectories(file(path).getParent());
            Files.copy(file, file(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has systemd start a unit when the host boots. */
    void enable(String unit) {
        try {
            Path wants = file("/etc/systemd/system/multi-user.target.wants");
            Files.createDirectories(wants);
            Files.createSymbolicLink(wants.resolve(unit), Path.of("/usr/lib/systemd/system", unit));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Switches it on and waits until an address answers with this status. */
    void boot(String url, int status) {
        boot(url + " answers " + status, () -> get(url).status() == status);
    }

    /**
     * Switches it on and waits.
     *
     * @param ready what is waited for
     * @param condition whether that is so
     */
    void boot(String ready, BooleanSupplier condition) {
        systemd = Command.of("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot", "-D", root)
                .and(List.of("--network-namespace-path=/run/netns/" + network))
                // The control groups of machines that run tests may be of either kind; this works on both.
                .with("SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "0")
                .start(folder.resolve("console.log"));
        Awaitility.await(ready)
                .atMost(BOOT)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> !systemd.isRunning() || condition.getAsBoolean());
        assertThat(systemd.isRunning())
                .as("the host runs; its console:%n%s", systemd.output())
                .isTrue();
    }

    /** What an address answered: status 0 if nothing did. */
    record Answer(int status, String head, String body) {}

    /** Asks an address of the host. */
    Answer get(String url) {
        return curl("--max-time", "30", url);
    }

    /**
     * Asks an address of the host.
     *
     * @param arguments of curl, with the address
     * @return what was answered
     */
    Answer curl(String... arguments) {
        Path head = folder.resolve("answer.head");
        Path body = folder.resolve("answer.body");
        try {
            Files.deleteIfExists(head);
            Files.deleteIfExists(body);
            CommandResult result = inNetwork(Command.of("curl", "-s", "--path-as-is")
                            .and(List.of("-D", head.toString(), "-o", body.toString(), "-w", "%{http_code}"))
                            .and(List.of(arguments)))
                    .run(folder.resolve("curl.log"));
            return new Answer(
                    result.status() == 0 ? Integer.parseInt(result.output().strip()) : 0, text(head), text(body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files that are no text are among the answers, so each byte is one character. */
    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    }

    /** The same program in the network of the host. */
    Command inNetwork(Command command) {
        return Command.of("ip", "netns", "exec", network).and(command.words());
    }

    /** Runs a program on the host to its end. */
    CommandResult run(Object... words) {
        String init = ProcessHandle.of(systemd.pid())
                .flatMap(nspawn -> nspawn.children().findFirst())
                .map(child -> Long.toString(child.pid()))
                .orElseThrow(() -> new IllegalStateException("the host does not run"));
        return Command.of("nsenter", "--all", "--target", init)
                .and(Arrays.stream(words).map(Object::toString).toList())
                .run(folder.resolve("run.log"));
    }

    /**
     * How much a unit may do that it need not be able to.
     *
     * @return what systemd-analyze makes of it, from 0 to 10
     */
    double exposure(String unit) {
        String analysis = run("systemd-analyze", "security", "--no-pager", unit)
                .succeeded()
                .output();
        Matcher line = EXPOSURE.matcher(analysis);
        assertThat(line.find()).as(analysis).isTrue();
        return Double.parseDouble(line.group(1));
    }

    @Override
    public void close() {
        if (systemd != null) {
            systemd.terminate();
            try {
                systemd.await(HALT);
            } finally {
                systemd.close();
            }
        }
        succeed(Command.of("ip", "netns", "del", network));
        succeed(Command.of("umount", root));
    }

    private void succeed(Command command) {
        command.run(folder.resolve("host.log")).succeeded();
    }
}
