package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The executable WAR under the shipped systemd unit, on a booted Debian host. */
@SuppressWarnings("try") // The mirror is there to be closed in the end.
class DebianServiceIT {
    private static final String FLEXO = "http://127.0.0.1:7878/";
    private static final String DATABASE = "core/os/x86_64/core.db";
    private static final String SETTINGS = """
            mirror_selection_method = "predefined"
            mirrors_predefined = ["http://127.0.0.1:9101/"]
            archive_fallback = false
            """;
    /** Of ten; Debian's own services are between 5 and 9.6. What is left is mostly the network. */
    private static final double WORST_EXPOSURE = 1.5;

    @ScratchFolder
    Path folder;

    @Test
    void startsWhenReadyAndKeepsToItsDirectories() throws Exception {
        try (DebianHost host = DebianHost.bare(folder.resolve("host"));
                RunningCommand mirror = host.inNetwork(
                                Command.of(Machine.program("python3"), "-m", "http.server", "9101")
                                        .and(List.of("--bind", "127.0.0.1", "--directory"))
                                        .and(List.of(ArchMirror.pristine()
                                                .folder()
                                                .resolve("mirror")
                                                .toString())))
                        .start(folder.resolve("mirror.log"))) {
            StandAlone.install(host);
            host.write("/etc/flexo/flexo.toml", SETTINGS);
            host.boot(FLEXO + DATABASE, 200);

            assertThat(host.file("/var/cache/flexo/pkg/" + DATABASE)).isRegularFile();
            Path token = host.file("/var/lib/flexo/admin_token");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                    .isEqualTo("rw-------");
            assertThat(property(host, "Type")).isEqualTo("notify");
            assertThat(property(host, "MemoryMax")).isEqualTo(Long.toString(2L << 30));

            host.run("systemctl", "restart", "flexo").succeeded();
            assertThat(host.get(FLEXO + "status").status())
                    .as("a start returns when requests are answered")
                    .isEqualTo(200);

            assertThat(host.run("journalctl", "-u", "flexo", "-p", "notice", "-o", "cat")
                            .succeeded()
                            .output())
                    .as("lines of less weight than a notice are no notices")
                    .doesNotContain("Ready at");
            assertThat(host.exposure("flexo.service")).isLessThanOrEqualTo(WORST_EXPOSURE);

            host.write("/etc/flexo/flexo.toml", SETTINGS + "connect_timeout = \"soon\"\n");
            host.run("systemctl", "restart", "flexo").failed();
            Awaitility.await("a service that does not try again and again")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> property(host, "ActiveState").equals("failed"));
            assertThat(property(host, "ExecMainStatus")).isEqualTo("78");
            assertThat(host.run("journalctl", "-u", "flexo", "-o", "cat").output())
                    .contains("connect_timeout = \"soon\"");

            host.write("/etc/flexo/flexo.toml", SETTINGS);
            host.run("systemctl", "start", "flexo").succeeded();
            host.run("systemctl", "stop", "flexo").succeeded();
            assertThat(property(host, "Result")).isEqualTo("success");
        }
    }

    private static String property(DebianHost host, String name) {
        return host.run("systemctl", "show", "flexo", "--value", "-p", name)
                .succeeded()
                .output()
                .strip();
    }
}
