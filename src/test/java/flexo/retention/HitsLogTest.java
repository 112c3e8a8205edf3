package flexo.retention;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HitsLogTest {
    private static final RepositoryPath BASH = path("core/os/x86_64/bash-5.2-1-x86_64.pkg.tar.zst");
    private static final RepositoryPath ZLIB = path("core/os/x86_64/zlib-1:1.3-1-x86_64.pkg.tar.zst");

    @TempDir
    private Path folder;

    private final TestTime time = new TestTime();
    private final Instant start = time.instant();
    private LastUses uses;
    private Path log;
    private HitsLog hits;

    @BeforeEach
    void begin() {
        uses = new LastUses(folder.resolve("notes"), time, time::nanoTime);
        log = folder.resolve("hits.log");
        hits = new HitsLog(() -> Optional.of(log), uses, start);
    }

    @Test
    void packageCountsAsUsedAtTheTimeOfItsLine() throws Exception {
        time.advance(Duration.ofHours(2));
        append(start.plusSeconds(3600), 500, BASH);
        append(start.plusSeconds(7200), 300, ZLIB);

        hits.read();

        assertThat(uses.lastUse(BASH)).contains(start.plusSeconds(3600));
        assertThat(uses.lastUse(ZLIB)).contains(start.plusSeconds(7200));
        assertThat(hits.files()).isEqualTo(2);
        assertThat(hits.bytes()).isEqualTo(800);
    }

    @Test
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void pipeInItsPlaceIsNotWaitedFor() throws Exception {
        Programs.require("mkfifo");
        assertThat(new ProcessBuilder("mkfifo", log.toString()).start().waitFor())
                .isZero();

        hits.read();

        assertThat(hits.files()).isZero();
    }

    @Test
    void eachLineCountsOnceAndAHalfWrittenOneLater() throws Exception {
        append(start, 500, BASH);
        hits.read();
        Files.writeString(log, start.getEpochSecond() + ".000 7 /core/os/", StandardOpenOption.APPEND);
        hits.read();
        assertThat(hits.bytes()).isEqualTo(500);

        Files.writeString(log, "x86_64/x-1-1-any.pkg.tar.zst\n", StandardOpenOption.APPEND);
        hits.read();

        assertThat(hits.files()).isEqualTo(2);
        assertThat(hits.bytes()).isEqualTo(507);
    }

    @Test
    void laterUseIsNotForgottenForAnEarlierHit() throws Exception {
        time.advance(Duration.ofHours(1));
        uses.used(BASH);
        append(start, 500, BASH);

        hits.read();

        assertThat(uses.lastUse(BASH)).contains(start.plusSeconds(3600));
    }

    @Test
    void hitsBeforeTheStartAreUsesButAreNotCounted() throws Exception {
        append(start.minusSeconds(86_400), 500, BASH);

        hits.read();

        assertThat(uses.lastUse(BASH)).contains(start.minusSeconds(86_400));
        assertThat(hits.files()).isZero();
    }

    @Test
    void restOfARotatedLogIsRead() throws Exception {
        append(start, 1, BASH);
        hits.read();
        append(start, 2, BASH);
        Files.move(log, folder.resolve("hits.log.1"));
        append(start, 4, ZLIB);

        hits.read();

        assertThat(hits.bytes()).isEqualTo(7);
    }

    @Test
    void truncatedLogIsReadFromItsBeginning() throws Exception {
        append(start, 1000, BASH);
        append(start, 1000, BASH);
        hits.read();
        Files.writeString(log, "");
        append(start, 4, ZLIB);

        hits.read();

        assertThat(hits.bytes()).isEqualTo(2004);
    }

    @Test
    void whatIsNoLineOfHitsIsPassedOver() throws Exception {
        Files.writeString(log, """
                nonsense
                soon 5 /core/os/x86_64/a-1-1-any.pkg.tar.zst
                1 many /core/os/x86_64/a-1-1-any.pkg.tar.zst
                1 5 /../../etc/passwd
                1 5 relative
                %s 5 /%s
                """.formatted(start.getEpochSecond(), BASH));

        hits.read();

        assertThat(hits.files()).isEqualTo(1);
        assertThat(uses.size()).isEqualTo(1);
    }

    @Test
    void logThatIsNotThereIsNoFault() {
        hits.read();

        assertThat(hits.files()).isZero();
    }

    private void append(Instant at, long bytes, RepositoryPath file) throws IOException {
        Files.writeString(
                log,
                at.getEpochSecond() + ".000 " + bytes + " /" + file + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
