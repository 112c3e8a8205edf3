package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A Flexo that asks another one for everything. */
class BranchOfficeIT {
    private static final String OF_THE_ARCHIVE = "2024/02/29/core/os/x86_64/old-1-1-any.pkg.tar.zst";
    private static final String LOCAL = "7zip-24.09-3-x86_64.pkg.tar.zst";

    @ScratchFolder
    Path folder;

    @Test
    void packagesCustomRepositoriesAndTheArchiveComeThroughHeadquartersOnce() throws Exception {
        ArchMirror arch = ArchMirror.pristine();
        Path packages = Files.createDirectories(folder.resolve("packages"));
        Files.copy(arch.file("extra/os/x86_64/" + LOCAL), packages.resolve(LOCAL));
        try (ScriptedMirror archive = new ScriptedMirror();
                MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer headquarters = FlexoServer.alone(folder.resolve("hq"), mirror.urls())
                        .with("FLEXO_CUSTOM_REPO", "[{name = \"local\", url = \"" + packages.toUri() + "\"}]")
                        .with("FLEXO_ARCHIVE_URL", archive.url() + "repos/")
                        .start();
                FlexoServer first = office("first", headquarters.url());
                FlexoServer second = office("second", headquarters.url())) {
            FileContent old = FileContent.seeded(1, 100_000);
            archive.file("/repos/" + OF_THE_ARCHIVE, old);
            for (FlexoServer office : List.of(first, second)) {
                Pacman pacman = Pacman.client(
                        PacmanRelease.INSTALLED,
                        arch,
                        folder.resolve("of-" + office.url().getPort()),
                        office.url());
                pacman.sync();
                pacman.install(Packages.FEW);
                pacman.assertIntact();

                assertThat(get(office, "custom_repo/local/" + LOCAL))
                        .isEqualTo(Files.readAllBytes(packages.resolve(LOCAL)));
                assertThat(get(office, "archive/" + OF_THE_ARCHIVE)).hasSize(100_000);
            }
            assertThat(mirror.packageRequests())
                    .allSatisfy((path, requests) -> assertThat(requests).isEqualTo(1));
            assertThat(archive.requestsFor("/repos/" + OF_THE_ARCHIVE)).hasSize(1);
        }
    }

    private FlexoServer office(String name, URI headquarters) {
        return FlexoServer.alone(folder.resolve(name), List.of(headquarters))
                .with("FLEXO_CUSTOM_REPO", "[{name = \"local\", url = \"" + headquarters + "custom_repo/local/\"}]")
                .with("FLEXO_ARCHIVE_URL", headquarters + "archive/")
                .start();
    }

    private static byte[] get(FlexoServer flexo, String path) throws IOException {
        try (RawClient client = new RawClient(flexo.url().getPort())) {
            return client.get("/" + path).body();
        }
    }
}
