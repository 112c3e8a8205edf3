package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The Debian package, installed and removed by dpkg on a booted host. */
@Tag("long")
class DebIT {
    private static final String SETTINGS = "/etc/flexo/flexo.toml";

    @ScratchFolder
    Path folder;

    @Test
    void servesOnceInstalledKeepsSettingsAndLeavesNothingWhenPurged() throws Exception {
        Path built = build();
        try (DebianHost host = DebianHost.bare(folder.resolve("host"))) {
            host.install(built, "/opt/flexo.deb");
            host.boot(
                    "ssh answers",
                    () -> host.inNetwork(Command.of("ssh-keyscan", "-T", "2", "127.0.0.1"))
                            .run(folder.resolve("scan.log"))
                            .output()
                            .contains("ssh-ed25519"));

            host.run("dpkg", "--install", "/opt/flexo.deb").succeeded();
            assertThat(status(host, 7878)).isEqualTo(200);
            assertThat(host.run("systemctl", "is-enabled", "flexo").output()).contains("enabled");

            host.write(SETTINGS, "port = 7879\n");
            host.run("dpkg", "--install", "/opt/flexo.deb").succeeded();
            assertThat(host.file(SETTINGS)).hasContent("port = 7879\n");
            assertThat(status(host, 7879)).as("it was restarted").isEqualTo(200);

            host.run("dpkg", "--remove", "flexo").succeeded();
            assertThat(status(host, 7879)).isZero();
            assertThat(host.file(SETTINGS)).exists();
            assertThat(host.file("/var/cache/flexo/pkg")).isDirectory();

            host.run("dpkg", "--purge", "flexo").succeeded();
            for (String path : List.of("/etc/flexo", "/var/cache/flexo", "/var/lib/flexo", "/usr/share/flexo")) {
                assertThat(host.file(path)).doesNotExist();
            }
        }
    }

    private Path build() throws Exception {
        Command.of("deploy/debian/build-deb", folder)
                .with("FLEXO_WAR", Machine.war().toString())
                .run(folder.resolve("build.log"))
                .succeeded();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".deb"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static int status(DebianHost host, int port) {
        return host.get("http://127.0.0.1:" + port + "/status").status();
    }
}
