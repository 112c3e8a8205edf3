package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Repositories that are not laid out as {@code /{repo}/os/{arch}}: any plain path of a mirror will do. */
class LayoutIT {
    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void personalRepositoryBelowATilde(PacmanRelease release) {
        installs(
                release,
                List.of("qt-launcher-git", "auracle-git", "nightly+tool"),
                "/~eschwartz/repo/x86_64/",
                flexo -> new String[] {
                    "--server",
                    flexo.url().toString(),
                    "--custom",
                    "eschwartz=" + flexo.url() + "~eschwartz/repo/x86_64"
                });
    }

    @ParameterizedTest
    @EnumSource
    void repositoryOfAnotherArchitecture(PacmanRelease release) {
        installs(release, List.of("zlib", "linux-aarch64", "glibc", "libstdc++5"), "/aarch64/", flexo ->
                new String[] {"--server", flexo.url().toString(), "--arch", "aarch64"});
    }

    private interface Options {
        String[] of(FlexoServer flexo);
    }

    private void installs(PacmanRelease release, List<String> packages, String below, Options options) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls())) {
            Pacman one = Pacman.client(release, arch, folder.resolve("one"), options.of(flexo));
            one.sync();
            one.install(packages);
            one.assertIntact();
            assertThat(mirror.packageRequests())
                    .hasSizeGreaterThanOrEqualTo(2 * packages.size())
                    .allSatisfy((path, requests) -> assertThat(path).startsWith(below));

            mirror.forgetRequests();
            Pacman two = Pacman.client(release, arch, folder.resolve("two"), options.of(flexo));
            two.sync();
            two.install(packages);
            two.assertIntact();
            assertThat(mirror.packageRequests())
                    .as("requests for the second client")
                    .isEqualTo(Map.of());
        }
    }
}
