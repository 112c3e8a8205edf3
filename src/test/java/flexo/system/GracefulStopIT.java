package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A stop under clients, on the shipped Tomcat configuration: nobody's response is cut, and nobody new is let in. */
class GracefulStopIT {
    private static final String FILE = "extra/os/x86_64/p-1-1-any.pkg.tar.zst";
    private static final int FILE_BYTES = 3 << 20;
    private static final int KILLED_BY_SIGTERM = 128 + 15;

    @ScratchFolder
    Path folder;

    @Test
    void executableArchiveLetsResponsesEndAndWaitsForNoIdleConnection() throws Exception {
        try (ScriptedMirror mirror = new ScriptedMirror();
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), List.of(URI.create(mirror.url())));
                RawClient idle = stopWhileAFileIsOnItsWay(mirror, flexo)) {
            Duration took = ended(flexo);

            assertThat(took).as("no idle connection is waited for").isLessThan(Duration.ofSeconds(10));
            assertThat(idle.readToEnd()).as("it is closed in order").isEmpty();
        }
    }

    @Test
    void tomcatOfItsOwnLetsResponsesEnd() throws Exception {
        try (ScriptedMirror mirror = new ScriptedMirror();
                FlexoServer flexo =
                        FlexoServer.inTomcatOfItsOwn(folder.resolve("flexo"), List.of(URI.create(mirror.url())))) {
            stopWhileAFileIsOnItsWay(mirror, flexo).close();
            ended(flexo);
        }
    }

    private static Duration ended(FlexoServer flexo) {
        long start = System.nanoTime();
        assertThat(flexo.awaitEnd().status()).isEqualTo(KILLED_BY_SIGTERM);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Returns when the file has arrived whole. The connection is another client's, which is idle. */
    private RawClient stopWhileAFileIsOnItsWay(ScriptedMirror mirror, FlexoServer flexo) throws Exception {
        FileContent file = FileContent.seeded(1, FILE_BYTES);
        Gate half = new Gate(FILE_BYTES / 2);
        mirror.file("/" + FILE, file).fault("/" + FILE, new Fault().gate(half));
        flexo.start();
        RawClient idle = new RawClient(flexo.url().getPort());
        assertThat(idle.get("/status").status()).isEqualTo(200);
        try (RunningCommand client = Command.of(
                        Machine.program("curl"), "-sf", "-o", folder.resolve("file"), flexo.url() + FILE)
                .start(folder.resolve("curl.log"))) {
            half.awaitReached();

            flexo.beginToStop();

            Awaitility.await("nobody new is let in")
                    .until(() -> refuses(flexo.url().getPort()));
            assertThat(client.isRunning()).isTrue();
            assertThat(flexo.isRunning()).isTrue();
            half.open();
            client.await(Duration.ofSeconds(20)).succeeded();
        }
        assertThat(folder.resolve("file")).hasSize(FILE_BYTES);
        return idle;
    }

    private static boolean refuses(int port) {
        try {
            new RawClient(port).close();
            return false;
        } catch (IOException refused) {
            return true;
        }
    }
}
