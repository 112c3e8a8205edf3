package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The shipped Containerfile, built and run by buildah on bases that were made without a registry of images. */
@Tag("long")
class ImageIT {
    private static final long MOST_BYTES = 250L << 20;

    @ScratchFolder
    Path folder;

    @Test
    void imageServesWithoutRootAndTellsItsHealth() throws Exception {
        ArchMirror arch = ArchMirror.pristine();
        int port = Machine.freePort();
        base("debian", Machine.unpacked("debian-image", ""));
        base("debian-jdk", Machine.unpacked("debian-image-jdk", ""));
        Path context = folder.resolve("context");
        Command.of(
                        "sh",
                        "-c",
                        "mkdir -p %1$s/target && cp -r deploy %1$s && cp %2$s %1$s/target/flexo.war"
                                .formatted(context, Machine.war()))
                .run(folder.resolve("copy.log"))
                .succeeded();
        buildah("bud", "--pull-never", "-t", "flexo", "--build-arg", "BASE=localhost/debian")
                .and(List.of("--build-arg", "JDK=localhost/debian-jdk", "-f"))
                .and(List.of(context + "/deploy/container/Containerfile", context.toString()))
                .run(folder.resolve("build.log"))
                .succeeded();
        String container = output(buildah("from", "--pull-never", "localhost/flexo"));
        Path files = Path.of(output(buildah("mount", container)));
        assertThat(Machine.bytesIn(files, "")).as("size of the image").isLessThan(MOST_BYTES);

        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                RunningCommand flexo = run(container, port, mirror)
                        .and(List.of("/bin/sh", "-c", entryPoint(container)))
                        .start(folder.resolve("flexo.log"))) {
            Awaitility.await("healthy")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !flexo.isRunning()
                            || run(container, port, mirror)
                                            .and(List.of("/usr/share/flexo/healthy"))
                                            .run(folder.resolve("healthy.log"))
                                            .status()
                                    == 0);
            assertThat(flexo.isRunning()).as(flexo.output()).isTrue();

            Pacman pacman = Pacman.client(
                    PacmanRelease.INSTALLED,
                    arch,
                    folder.resolve("client"),
                    URI.create("http://127.0.0.1:" + port + "/"));
            pacman.sync();
            pacman.install(Packages.FEW);

            pacman.assertIntact();
            assertThat(output(run(container, port, mirror).and(List.of("id", "-u"))))
                    .isEqualTo("7878");
        }
        assertThat(run(container, port + 1, null)
                        .and(List.of("/usr/share/flexo/healthy"))
                        .run(folder.resolve("healthy.log"))
                        .status())
                .as("health where nobody serves")
                .isNotZero();
    }

    private Command run(String container, int port, MirrorServer mirror) {
        Command run = buildah("run", "--env", "FLEXO_PORT=" + port);
        if (mirror != null) {
            run = run.and(List.of("--env", "FLEXO_MIRROR_SELECTION_METHOD=predefined"))
                    .and(List.of("--env", "FLEXO_ARCHIVE_FALLBACK=false"))
                    .and(List.of(
                            "--env", "FLEXO_MIRRORS_PREDEFINED=" + mirror.urls().get(0)));
        }
        return run.and(List.of(container, "--"));
    }

    /** buildah runs what it is told, not the entry point. */
    private String entryPoint(String container) {
        String format = "{{index .OCIv1.Config.Entrypoint 2}}";
        return output(buildah("inspect", "--format", format, container));
    }

    private void base(String name, Path root) {
        String container = output(buildah("from", "scratch"));
        buildah("add", "-q", container, root.toString(), "/")
                .run(folder.resolve("base.log"))
                .succeeded();
        buildah("commit", "-q", container, "localhost/" + name)
                .run(folder.resolve("base.log"))
                .succeeded();
    }

    private String output(Command command) {
        String all =
                command.run(folder.resolve("buildah.log")).succeeded().output().strip();
        return all.substring(all.lastIndexOf('\n') + 1);
    }

    private Command buildah(String... words) {
        return Command.of(
                        Machine.program("buildah"),
                        "--storage-driver",
                        "vfs",
                        "--root",
                        folder.resolve("images"),
                        "--runroot",
                        folder.resolve("running"))
                .and(List.of(words))
                .with("BUILDAH_ISOLATION", "chroot");
    }
}
