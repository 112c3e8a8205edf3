package flexo.retention;

import static flexo.retention.CacheBench.CORE;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.JavaProcess;
import flexo.testing.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cache directories into which others have put what the process cannot name, or may not read. */
class ForeignFilesTest {
    @TempDir
    private Path folder;

    /** Services often run in the locale "C". */
    @Test
    void filesThatTheLocaleCannotNameKeepNoOtherFromGoing() throws Exception {
        Programs.require("bash");
        CacheBench bench = new CacheBench(folder.resolve("cache"));
        bench.put("bash-1-1");
        bench.put("bash-2-1");
        Path directory = bench.root.resolve(CORE);
        assertThat(new ProcessBuilder(
                                "bash",
                                "-c",
                                "touch $'b\\303\\244sh-1-1-any.pkg.tar.zst' $'\\377'; mkdir $'\\303\\244'")
                        .directory(directory.toFile())
                        .start()
                        .waitFor())
                .isZero();

        JavaProcess sweep = JavaProcess.run(OneSweep.class, Map.of("LC_ALL", "C"), bench.root.toString());

        assertThat(sweep.exitValue()).as(sweep.output()).isZero();
        assertThat(bench.versions("bash")).containsExactly("2-1");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).hasSize(2 + 3);
        }
    }

    @Test
    void directoryThatMayNotBeReadIsToldAndPassedBy() throws Exception {
        CacheBench bench = new CacheBench(folder.resolve("cache"));
        bench.put("bash-1-1");
        bench.put("bash-2-1");
        Path closed = Files.createDirectories(bench.root.resolve("aaa"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));

        JavaProcess sweep = JavaProcess.runWithoutPrivileges(OneSweep.class, bench.root.toString());

        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        assertThat(sweep.exitValue()).as(sweep.output()).isZero();
        assertThat(sweep.output()).contains("aaa cannot be read");
        assertThat(bench.versions("bash")).containsExactly("2-1");
    }

    @Test
    void directoryThatMayNotBeWrittenToIsToldWithTheUser() throws Exception {
        CacheBench bench = new CacheBench(folder.resolve("cache"));
        bench.put("bash-1-1");
        Path closed = Files.createDirectories(bench.root.resolve("aaa"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));

        JavaProcess sweep = JavaProcess.runWithoutPrivileges(OneSweep.class, bench.root.toString());

        assertThat(sweep.exitValue()).as(sweep.output()).isZero();
        assertThat(sweep.output())
                .contains("aaa cannot be written to by the user " + System.getProperty("user.name"))
                .doesNotContain("aaa cannot be read");
    }
}
