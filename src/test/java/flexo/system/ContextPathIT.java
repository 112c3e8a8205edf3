package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The WAR dropped into a Tomcat that somebody already has: everything is one path segment deeper. */
class ContextPathIT {
    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void pacmanInstallsFromBelowTheContextPath(PacmanRelease release) throws IOException {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.inTomcat(folder.resolve("flexo"), mirror.urls())
                        .start()) {
            Pacman one = Pacman.client(release, arch, folder.resolve("one"), flexo.url());
            one.sync();
            one.install(Packages.THIRTY);
            one.assertIntact();
            mirror.forgetRequests();
            Pacman two = Pacman.client(release, arch, folder.resolve("two"), flexo.url());
            two.sync();
            two.install(Packages.FEW);
            two.assertIntact();
            assertThat(mirror.packageRequests())
                    .as("requests for cached packages")
                    .isEmpty();

            flexo.stop();
            assertThat(Files.readAllLines(flexo.log()))
                    .as("what Tomcat says of an application that left something behind")
                    .noneMatch(line -> line.contains("memory leak") || line.contains("failed to stop it"));
        }
    }
}
