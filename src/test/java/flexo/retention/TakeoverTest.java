package flexo.retention;

import static flexo.retention.CacheBench.CORE;
import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.LogLines;
import flexo.testing.Programs;
import flexo.testing.SteppedTimer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories that Flexo is pointed at with four versions of bash in them, of which one is to be kept. */
class TakeoverTest {
    @TempDir
    private Path folder;

    private CacheBench bench;
    private SteppedTimer timer;
    private Sweeps sweeps;

    @BeforeEach
    void fill() {
        bench = new CacheBench(folder.resolve("cache"));
        bench.versionsToKeep = 1;
        for (int i = 1; i <= 4; i++) {
            bench.put("bash-" + i + "-1");
        }
    }

    private void start() {
        timer = new SteppedTimer();
        sweeps = new Sweeps(
                bench.sweep(), bench.uses, new Takeover(bench.root, bench.notes(), bench.uses), timer, timer);
        sweeps.start();
    }

    private void pass(Duration duration) {
        // The timer follows, so that what is due then finds that time has passed.
        bench.time.advance(duration);
        timer.advance(duration);
    }

    private void restart() {
        sweeps.close();
        bench = new CacheBench(bench.root, bench.time);
        bench.versionsToKeep = 1;
        start();
    }

    @Test
    void firstSweepIsADryRunInTheLogAndTheNextDaysSweepRemoves() {
        start();

        List<String> told = LogLines.of(Takeover.class, Level.WARNING, () -> {
            pass(Sweeps.FIRST);
            sweeps.cached(path(CORE + "bash-4-1-x86_64.pkg.tar.zst"), 110);
            pass(Sweeps.QUIET);
        });

        assertThat(bench.versions("bash")).hasSize(4);
        assertThat(told)
                .singleElement()
                .asString()
                .contains(bench.root.toString(), "3 files", "330 bytes", "110 bytes would stay", "GET /sweep")
                .contains(bench.time
                        .instant()
                        .plus(Duration.ofDays(1))
                        .minus(Sweeps.QUIET)
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString());
        pass(Sweeps.EVERY.minus(Sweeps.QUIET).minusSeconds(1));
        assertThat(bench.versions("bash")).hasSize(4);
        pass(Duration.ofSeconds(1));
        assertThat(bench.versions("bash")).containsExactly("4-1");
    }

    @Test
    void sweepThatIsAskedForRemovesAtOnceAndForGood() {
        start();
        pass(Sweeps.FIRST);

        CompletionStage<SweepReport> report = sweeps.now();
        timer.runAll();

        assertThat(report.toCompletableFuture().join().dry()).isFalse();
        assertThat(bench.versions("bash")).containsExactly("4-1");
        bench.put("bash-3-1");
        restart();
        pass(Sweeps.FIRST);
        assertThat(bench.versions("bash")).containsExactly("4-1");
    }

    @Test
    void restartsNeitherEndNorProlongTheDay() {
        start();
        pass(Sweeps.FIRST);
        for (int i = 0; i < 3; i++) {
            pass(Duration.ofHours(6));
            restart();
            pass(Sweeps.FIRST);
            assertThat(bench.versions("bash")).hasSize(4);
        }

        pass(Duration.ofHours(6));

        assertThat(bench.versions("bash")).containsExactly("4-1");
    }

    @Test
    void directoryThatWasEmptyIsSweptFromTheStart() {
        bench = new CacheBench(folder.resolve("empty"));
        bench.versionsToKeep = 1;
        start();
        timer.runAll();
        bench.put("bash-1-1");
        bench.put("bash-2-1");

        pass(Sweeps.FIRST);

        assertThat(bench.versions("bash")).containsExactly("2-1");
    }

    @Test
    void directoryThatWasEmptyStaysOursWhenTheProcessDiesBeforeItsFirstSweep() {
        bench = new CacheBench(folder.resolve("empty"));
        start();
        timer.runAll();
        bench.put("bash-1-1");
        bench.put("bash-2-1");

        restart();
        pass(Sweeps.FIRST);

        assertThat(bench.versions("bash")).containsExactly("2-1");
    }

    @Test
    void directoryOfWhichNothingWouldGoNeedsNoDay() {
        bench.versionsToKeep = 4;
        start();
        assertThat(LogLines.of(Takeover.class, Level.WARNING, () -> pass(Sweeps.FIRST)))
                .isEmpty();
        assertThat(sweeps.last()).isPresent();

        restart();
        pass(Sweeps.FIRST);

        assertThat(bench.versions("bash")).containsExactly("4-1");
    }

    @Test
    void noteOfAnotherDirectoryDoesNotCount() throws Exception {
        start();
        var unused = sweeps.now();
        timer.runAll();
        sweeps.close();
        CacheBench other = new CacheBench(folder.resolve("other"), bench.time);
        Files.createDirectories(other.notes());
        Files.copy(bench.notes().resolve("swept-directory"), other.notes().resolve("swept-directory"));
        other.put("bash-1-1");
        other.put("bash-2-1");
        bench = other;
        bench.versionsToKeep = 1;
        start();

        pass(Sweeps.FIRST);

        assertThat(bench.versions("bash")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "", "9223372036854775807", "-"})
    void noteThatMakesNoSenseDoesNotCount(String damaged) throws Exception {
        Files.createDirectories(bench.notes());
        Files.writeString(bench.notes().resolve("swept-directory"), damaged + "\n" + bench.root + "\n");
        start();

        pass(Sweeps.FIRST);
        assertThat(bench.versions("bash")).hasSize(4);
        pass(Sweeps.EVERY);

        assertThat(bench.versions("bash")).containsExactly("4-1");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void pipeInThePlaceOfTheNoteKeepsNoSweepWaiting() throws Exception {
        Programs.require("mkfifo");
        Files.createDirectories(bench.notes());
        Path pipe = bench.notes().resolve("swept-directory");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        start();

        pass(Sweeps.FIRST);
        assertThat(bench.versions("bash")).hasSize(4);
        pass(Sweeps.EVERY);

        assertThat(bench.versions("bash")).containsExactly("4-1");
    }

    @Test
    void neitherALimitNorANewFileTakesAnythingOnTheFirstDay() {
        bench.cacheSizeLimit = CacheBench.bytes(200);
        bench.usableBytes = 1000;
        start();
        pass(Sweeps.FIRST);

        CompletionStage<Void> room = sweeps.makeRoom(1100, 1100);
        sweeps.cached(path(CORE + "zlib-1-1-any.pkg.tar.zst"), 100);
        timer.runAll();

        assertThat(room.toCompletableFuture()).isDone();
        assertThat(bench.versions("bash")).hasSize(4);
        assertThat(sweeps.hasRoomFor(path(CORE + "xz-1-1-any.pkg.tar.zst"), 1)).isFalse();
    }

    @Test
    void otherSettingsAreToldAndCountWhenTheDayIsOver() {
        start();
        pass(Sweeps.FIRST);
        bench.versionsToKeep = 3;

        List<String> told = LogLines.of(Takeover.class, Level.WARNING, () -> {
            sweeps.use(bench.settings());
            timer.runAll();
        });

        assertThat(told).singleElement().asString().contains("1 files would go, 110 bytes");
        pass(Sweeps.EVERY);
        assertThat(bench.versions("bash")).containsExactly("2-1", "3-1", "4-1");
    }
}
