package flexo.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LastResortTest {
    /** A program with other threads that go on. */
    static final class Program {
        /** Stays full when a thread has ended. */
        private static final Queue<byte[]> KEPT = new ConcurrentLinkedQueue<>();

        private Program() {}

        public static void main(String[] arguments) throws InterruptedException {
            Thread.setDefaultUncaughtExceptionHandler(new LastResort());
            Thread mistaken = new Thread(
                    () -> {
                        throw new IllegalStateException("a mistake");
                    },
                    "mistaken");
            mistaken.start();
            mistaken.join();
            for (int i = 0; i < 3; i++) {
                new Thread(Program::fillMemory).start();
            }
            new CountDownLatch(1).await();
        }

        private static void fillMemory() {
            while (true) {
                // Smaller pieces would have the collector look for the last of them for minutes.
                KEPT.add(new byte[1 << 20]);
            }
        }
    }

    @Test
    void processThatIsOutOfMemoryEndsAndSaysWhy() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx16m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("it ends").isTrue();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.exitValue()).isEqualTo(3);
        assertThat(output).contains("mistaken failed unexpectedly").contains("Flexo ends, because memory has run out");
    }
}
