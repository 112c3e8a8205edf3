package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The shipped PKGBUILD, built by makepkg and installed by pacman. */
class PkgbuildIT {
    private static final String PACKAGE = "flexo-java-0.1.0-1-any.pkg.tar.zst";

    @ScratchFolder
    Path folder;

    @Test
    void packageHasTheUnitAndKeepsSettingsThatWereChanged() throws Exception {
        Path built = build();
        Path root = Files.createDirectories(folder.resolve("root"));
        Files.createDirectories(root.resolve("var/lib/pacman"));
        Path configuration = folder.resolve("pacman.conf");
        Files.writeString(
                configuration, "[options]\nArchitecture = auto\nSigLevel = Never\nLocalFileSigLevel = Never\n");

        pacman(root, configuration, built);

        for (String file : List.of(
                "usr/share/flexo/flexo.war",
                "usr/lib/systemd/system/flexo.service",
                "usr/lib/sysusers.d/flexo.conf",
                "usr/lib/tmpfiles.d/flexo.conf",
                "usr/share/licenses/flexo-java/LICENSE")) {
            assertThat(root.resolve(file)).isRegularFile();
        }
        Path settings = root.resolve("etc/flexo/flexo.toml");
        Command.of(Machine.java(), "-jar", root.resolve("usr/share/flexo/flexo.war"), "--check", settings)
                .run(folder.resolve("check.log"))
                .succeeded();
        assertThat(Files.readAllLines(settings))
                .as("all settings as comments, so that defaults count")
                .allMatch(line -> line.isBlank() || line.startsWith("#"));

        Files.writeString(settings, "port = 7879\n");
        pacman(root, configuration, built);

        assertThat(settings).hasContent("port = 7879\n");
    }

    private Path build() {
        // makepkg refuses to work for root.
        Path project = folder.resolve("project");
        Command.of(
                        "sh",
                        "-c",
                        "mkdir %1$s && cp -r deploy LICENSE %1$s && chmod 755 %2$s %1$s && %3$s"
                                .formatted(
                                        project,
                                        folder,
                                        Machine.isRoot() ? "chown -R nobody:nogroup " + project : "true"))
                .run(folder.resolve("copy.log"))
                .succeeded();
        Command nobody = Machine.isRoot()
                ? Command.of("setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups")
                : Command.of("env");
        nobody.and(List.of("sh", "-c", "cd " + project + "/deploy/arch && makepkg --nodeps"))
                .with("HOME", project.toString())
                .with("FLEXO_WAR", Machine.war().toString())
                .with("PKGEXT", ".pkg.tar.zst")
                .with("PKGDEST", project.toString())
                .run(folder.resolve("makepkg.log"))
                .succeeded();
        return project.resolve(PACKAGE);
    }

    /** Without the check that Java is installed: the root is empty. */
    private void pacman(Path root, Path configuration, Path file) {
        Command program = Machine.isRoot()
                ? Command.of(Machine.program("pacman"))
                : Command.of(Machine.program("unshare"), "--map-root-user", Machine.program("pacman"));
        program.and(List.of("--root", root.toString(), "--config", configuration.toString(), "--noconfirm"))
                .and(List.of("-Udd", file.toString()))
                .run(folder.resolve("pacman.log"))
                .succeeded();
    }
}
