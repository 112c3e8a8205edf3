package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** pacman with a downloader of the user's choice, as its manual page writes it. */
class XferCommandIT {
    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void curlDownloads(PacmanRelease release) {
        installsWith(Machine.program("curl") + " -L -C - -f -s -S -o %o %u", release);
    }

    @ParameterizedTest
    @EnumSource
    void wgetDownloads(PacmanRelease release) {
        installsWith(Machine.program("wget") + " -nv --passive-ftp -c -O %o %u", release);
    }

    private void installsWith(String xferCommand, PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls())) {
            Pacman one = client(release, arch, "one", flexo, xferCommand);
            one.sync();
            one.install(Packages.FEW);
            one.assertIntact();
            mirror.forgetRequests();

            Pacman two = client(release, arch, "two", flexo, xferCommand);
            two.sync();
            two.install(Packages.FEW);
            two.assertIntact();
            assertThat(mirror.packageRequests()).isEqualTo(Map.of());
        }
    }

    private Pacman client(PacmanRelease release, ArchMirror arch, String name, FlexoServer flexo, String xferCommand) {
        return Pacman.client(
                release,
                arch,
                folder.resolve(name),
                "--server",
                flexo.url().toString(),
                // pacman 6.0 fetches no .sig this way: it has those of packages from the database, and none of
                // databases.
                "--siglevel",
                "Required DatabaseOptional",
                "--option",
                "XferCommand = " + xferCommand);
    }
}
