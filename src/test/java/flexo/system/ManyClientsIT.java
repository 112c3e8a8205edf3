package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A hundred clients who want the same large file while it is being fetched, with a small heap. */
class ManyClientsIT {
    private static final int CLIENTS = 100;
    private static final int SIZE_BYTES = 64 << 20;
    private static final Duration GENEROUS = Duration.ofMinutes(2);

    /** What comes and goes whatever the number of clients: compilers, garbage collectors, idle workers of bounded pools, of which
     * the container has twelve more than at first. */
    private static final int OTHER_THREADS = 16 + 12;

    @ScratchFolder
    Path folder;

    @Test
    void aHundredClientsCostOneRequestAndNoMoreThreadsThanOne() throws IOException {
        ManyClients.File alone = file("alone-1-1-any.pkg.tar.zst", 1);
        ManyClients.File together = file("together-1-1-any.pkg.tar.zst", 2);
        try (MirrorServer mirror = MirrorServer.serve(folder.resolve("files"), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("JAVA_TOOL_OPTIONS", "-Xmx64m")
                        .start()) {
            mirror.rules(0, "{\"rate\": 20000000}");

            AtomicInteger threadsAlone = new AtomicInteger();
            List<ManyClients.Outcome> first = new ManyClients(flexo.url(), List.of(alone))
                    .atHalfway(() -> threadsAlone.set(flexo.threads()))
                    .run(1, GENEROUS);
            assertThat(first).extracting(ManyClients.Outcome::complaint).containsOnlyNulls();

            AtomicInteger threadsTogether = new AtomicInteger();
            List<ManyClients.Outcome> outcomes = new ManyClients(flexo.url(), List.of(together))
                    .atHalfway(() -> threadsTogether.set(flexo.threads()))
                    .run(CLIENTS, GENEROUS);

            assertThat(outcomes).hasSize(CLIENTS).allSatisfy(outcome -> {
                assertThat(outcome.complaint()).isNull();
                assertThat(outcome.rightBytes()).isEqualTo(SIZE_BYTES);
            });
            assertThat(mirror.packageRequests().get(together.path())).isEqualTo(1);
            assertThat(flexo.isRunning())
                    .as("flexo lives, with a heap of 64 MiB")
                    .isTrue();
            assertThat(Files.readString(flexo.log())).doesNotContain("java.lang.OutOfMemoryError");
            assertThat(threadsTogether.get())
                    .as("threads with %s clients", CLIENTS)
                    .isLessThanOrEqualTo(threadsAlone.get() + OTHER_THREADS);
        }
    }

    @Test
    void aHundredClientsOfADiskThatTakesNothingAreAllServed() throws IOException {
        ManyClients.File file = file("unkept-1-1-any.pkg.tar.zst", 3, SIZE_BYTES / 4);
        try (MirrorServer mirror = MirrorServer.serve(folder.resolve("files"), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("JAVA_TOOL_OPTIONS", "-Xmx64m")
                        .withoutPrivileges()) {
            Files.setPosixFilePermissions(flexo.cache(), PosixFilePermissions.fromString("r-xr-xr-x"));
            flexo.start();

            List<ManyClients.Outcome> outcomes = new ManyClients(flexo.url(), List.of(file)).run(CLIENTS, GENEROUS);

            assertThat(outcomes)
                    .hasSize(CLIENTS)
                    .allSatisfy(outcome -> assertThat(outcome.complaint()).isNull());
            assertThat(flexo.isRunning()).isTrue();
            assertThat(Files.readString(flexo.log())).doesNotContain("java.lang.OutOfMemoryError");
            assertThat(flexo.cache()).isEmptyDirectory();
        }
    }

    private ManyClients.File file(String name, long seed) throws IOException {
        return file(name, seed, SIZE_BYTES);
    }

    private ManyClients.File file(String name, long seed, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        Path file = folder.resolve("files/extra/os/x86_64").resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        return new ManyClients.File(
                "/extra/os/x86_64/" + name,
                ByteBuffer.allocateDirect(size).put(bytes).flip());
    }
}
