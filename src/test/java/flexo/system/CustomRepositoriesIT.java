package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real clients of custom repositories, by our paths and by Pacoloco's, and of the archive. */
class CustomRepositoriesIT {
    private static final String DAY = "2024/02/29";

    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void archLinuxArm(PacmanRelease release) {
        installs(
                release,
                List.of("zlib", "linux-aarch64", "glibc"),
                mirror -> "arm@" + mirror,
                flexo -> List.of("--server", flexo + "custom_repo/arm", "--arch", "aarch64"),
                "/aarch64/");
    }

    @ParameterizedTest
    @EnumSource
    void personalRepository(PacmanRelease release) {
        installs(
                release,
                List.of("qt-launcher-git", "auracle-git", "nightly+tool"),
                mirror -> "eschwartz@" + mirror + "~eschwartz/repo",
                flexo -> List.of("--server", flexo, "--custom", "eschwartz=" + flexo + "custom_repo/eschwartz/$arch"),
                "/~eschwartz/repo/x86_64/");
    }

    /** As Pacoloco's README tells its users to write it. */
    @ParameterizedTest
    @EnumSource
    void clientsOfPacoloco(PacmanRelease release) {
        installs(
                release,
                List.of("vim", "gtk3", "libstdc++5", "auracle-git"),
                mirror -> "eschwartz@" + mirror + "~eschwartz/repo",
                flexo -> List.of(
                        "--server",
                        flexo + "repo/archlinux",
                        "--custom",
                        "eschwartz=" + flexo + "repo/eschwartz/$arch"),
                "/");
    }

    private void installs(
            PacmanRelease release,
            List<String> packages,
            Function<String, String> repository,
            Function<String, List<String>> options,
            String below) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with(
                                "FLEXO_CUSTOM_REPO",
                                repository.apply(mirror.urls().get(0).toString()))
                        .start()) {
            String[] client = options.apply(flexo.url().toString()).toArray(String[]::new);
            Pacman one = Pacman.client(release, arch, folder.resolve("one"), client);
            one.sync();
            one.install(packages);
            one.assertIntact();
            assertThat(mirror.packageRequests())
                    .hasSizeGreaterThanOrEqualTo(2 * packages.size())
                    .allSatisfy((path, requests) -> assertThat(path).startsWith(below));

            mirror.forgetRequests();
            Pacman two = Pacman.client(release, arch, folder.resolve("two"), client);
            two.sync();
            two.install(packages);
            two.assertIntact();
            assertThat(mirror.packageRequests())
                    .as("requests for the second client")
                    .isEqualTo(Map.of());
        }
    }

    @Test
    void clientThatIsPinnedToADayGetsThatDaysPackages() throws Exception {
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        copy(arch, folder.resolve("archive/repos").resolve(DAY));
        String before = database(arch);
        arch.update();
        assertThat(database(arch)).isNotEqualTo(before);
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                MirrorServer archive = MirrorServer.serve(folder.resolve("archive"), 1, folder.resolve("archive.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("FLEXO_ARCHIVE_URL", archive.urls().get(0) + "repos/")
                        .start()) {
            Pacman today = Pacman.client(PacmanRelease.INSTALLED, arch, folder.resolve("today"), flexo.url());
            today.sync();
            today.install(List.of("zlib"));
            Pacman pinned = Pacman.client(
                    PacmanRelease.INSTALLED,
                    arch,
                    folder.resolve("pinned"),
                    "--server",
                    flexo.url() + "archive/" + DAY);
            pinned.sync();
            pinned.install(List.of("zlib"));
            pinned.assertIntact();

            assertThat(pinned.installed().get("zlib"))
                    .isNotEqualTo(today.installed().get("zlib"));
            assertThat(archive.packageRequests().keySet())
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(path).startsWith("/repos/" + DAY));
            archive.refuse(0);
            pinned.run("-Syy").succeeded();
        }
    }

    @Test
    void packageThatTheMirrorsHaveRemovedIsInstalledFromThePool() throws Exception {
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        makePool(arch, folder.resolve("archive/packages"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 2, folder.resolve("mirror.log"));
                MirrorServer archive = MirrorServer.serve(folder.resolve("archive"), 1, folder.resolve("archive.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("FLEXO_ARCHIVE_FALLBACK", "true")
                        .with("FLEXO_ARCHIVE_PACKAGES_URL", archive.urls().get(0) + "packages/")
                        .start()) {
            Pacman late = Pacman.client(PacmanRelease.INSTALLED, arch, folder.resolve("late"), flexo.url());
            late.sync();
            arch.updateAndRemoveOld();

            late.install(List.of("zlib"));
            late.assertIntact();

            assertThat(archive.packageRequests().keySet())
                    .as("the package and its signature")
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allSatisfy(path -> assertThat(path).startsWith("/packages/"));
        }
    }

    private static String database(ArchMirror arch) throws IOException {
        return Files.getLastModifiedTime(arch.file("extra/os/x86_64/extra.db")).toString();
    }

    private static void copy(ArchMirror arch, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        Command.of("cp", "-a", arch.file("."), target)
                .run(target.resolveSibling("copy.log"))
                .succeeded();
    }

    private static void makePool(ArchMirror arch, Path pool) throws IOException {
        try (Stream<Path> files = Files.list(arch.file("pool/packages"))) {
            for (Path file : files.toList()) {
                String fileName = file.getFileName().toString();
                String name = fileName.replaceAll("(-[^-]+){3}\\.pkg\\.tar.*", "");
                Path place = Files.createDirectories(
                        pool.resolve(name.substring(0, 1)).resolve(name));
                Files.copy(file, place.resolve(fileName));
            }
        }
    }
}
