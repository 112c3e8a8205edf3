package flexo.retention;

import static flexo.retention.CacheBench.CORE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledSweepTest {
    private static final int PACKAGES = 400;
    private static final int VERSIONS = 5;

    @TempDir
    private Path folder;

    @Test
    void sweepThatIsKilledLeavesNoPackageWithoutItsSignatureAndTheNextOneFinishes() throws Exception {
        CacheBench bench = new CacheBench(folder.resolve("cache"));
        bench.versionsToKeep = 1;
        for (int i = 0; i < PACKAGES; i++) {
            for (int version = 1; version <= VERSIONS; version++) {
                bench.put("p" + i + "-" + version + "-1");
            }
        }

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OneSweep.class.getName(),
                        bench.root.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int removals = 0;
            while (removals < PACKAGES) {
                String line = lines.readLine();
                assertThat(line).as("the sweep goes on").isNotNull();
                removals += line.contains(": removed, since ") ? 1 : 0;
            }
            process.destroyForcibly().waitFor();
        }

        Set<String> left = bench.files();
        Set<String> packages = endingIn(left, ".zst");
        Set<String> signatures = endingIn(left, ".zst.sig");
        assertThat(packages).hasSizeBetween(PACKAGES + 1, PACKAGES * (VERSIONS - 1));
        assertThat(signatures).containsAll(signed(packages));
        for (int i = 0; i < PACKAGES; i++) {
            assertThat(packages).contains(CORE + "p" + i + "-" + VERSIONS + "-1-x86_64.pkg.tar.zst");
        }

        bench.time.advance(Duration.ofHours(2));
        bench.swept();

        Set<String> finished = bench.files();
        assertThat(endingIn(finished, ".zst")).hasSize(PACKAGES);
        assertThat(endingIn(finished, ".zst.sig")).isEqualTo(signed(endingIn(finished, ".zst")));
        assertThat(finished).hasSize(2 * PACKAGES);
    }

    private static Set<String> endingIn(Set<String> files, String end) {
        return files.stream().filter(name -> name.endsWith(end)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> signed(Set<String> packages) {
        return packages.stream().map(name -> name + ".sig").collect(Collectors.toCollection(TreeSet::new));
    }
}
