package flexo.retention;

import static flexo.retention.CacheBench.CORE;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Programs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services often run in the locale "C", in which Java cannot name each file. */
class ForeignNamesTest {
    @TempDir
    private Path folder;

    @Test
    void filesThatTheLocaleCannotNameKeepNoOtherFromGoing() throws Exception {
        Programs.require("bash");
        CacheBench bench = new CacheBench(folder.resolve("cache"));
        bench.put("bash-1-1");
        bench.put("bash-2-1");
        Path directory = bench.root.resolve(CORE);
        assertThat(new ProcessBuilder("bash", "-c", "touch $'b\\303\\244sh-1-1-any.pkg.tar.zst' $'\\377'; mkdir $'\\303\\244'")
                        .directory(directory.toFile())
                        .start()
                        .waitFor())
                .isZero();

        ProcessBuilder sweep = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SweepToKill.class.getName(),
                bench.root.toString());
        sweep.environment().put("LC_ALL", "C");
        Process process = sweep.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(bench.versions("bash")).containsExactly("2-1");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).hasSize(2 + 3);
        }
    }
}
