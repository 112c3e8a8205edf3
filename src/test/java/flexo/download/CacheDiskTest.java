package flexo.download;

import static flexo.download.DownloadBench.PACKAGE;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.LogLines;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What downloads know of the disk: what they have promised each other, and what is told of it. */
class CacheDiskTest {
    private final TestRoom room = new TestRoom();
    private final ManualTimer timer = new ManualTimer();
    private final CacheDisk disk = new CacheDisk(Path.of("/cache"), false, room, timer);

    private static boolean isTried(CompletionStage<Void> making) {
        return making.toCompletableFuture().isDone();
    }

    private static IOException full() {
        return new FileSystemException("/cache/x", null, "No space left on device");
    }

    // What is promised.

    @Test
    void whatOthersAreStillToWriteCannotBeReservedTwice() {
        room.is(1000);
        CacheDisk.Reservation first = disk.reservation();
        CacheDisk.Reservation second = disk.reservation();

        assertThat(first.reserve(600)).isTrue();
        assertThat(second.reserve(401)).isFalse();
        assertThat(second.reserve(400)).isTrue();
    }

    @Test
    void whatIsWrittenIsPromisedNoMoreSinceTheDiskCountsIt() {
        room.is(1000);
        CacheDisk.Reservation first = disk.reservation();
        first.reserve(600);

        first.written(500);
        room.is(500);

        assertThat(disk.reservation().reserve(401)).isFalse();
        assertThat(disk.reservation().reserve(400)).isTrue();
    }

    @Test
    void releaseGivesBackWhatIsLeftOnceOnly() {
        room.is(1000);
        CacheDisk.Reservation first = disk.reservation();
        first.reserve(600);
        first.written(10_000);
        first.release();
        first.release();

        assertThat(disk.reservation().reserve(1000)).isTrue();
        assertThat(disk.reservation().reserve(1)).isFalse();
    }

    @Test
    void reservationTakesThePlaceOfTheFormer() {
        room.is(1000);
        CacheDisk.Reservation first = disk.reservation();
        first.reserve(600);

        assertThat(first.reserve(1000)).isTrue();
        assertThat(disk.reservation().reserve(1)).isFalse();
        assertThat(first.reserve(1001)).isFalse();
        assertThat(disk.reservation().reserve(1000))
                .as("what was refused is not held")
                .isTrue();
    }

    @Test
    void diskThatDoesNotTellIsTried() {
        assertThat(disk.reservation().reserve(Long.MAX_VALUE / 2)).isTrue();
    }

    // Making room.

    @Test
    void roomIsMadeForAllThatIsStillToBeWritten() {
        room.is(1000);
        disk.reservation().reserve(600);

        CompletionStage<Void> making = disk.makeRoom(500, 2000);
        assertThat(room.wanted()).containsExactly(1100L);
        assertThat(room.wantedInTheEnd()).containsExactly(2600L);
        assertThat(isTried(making)).isFalse();
        room.wasTried();

        assertThat(isTried(making)).isTrue();
        assertThat(timer.pending()).as("armed deadlines").isZero();
    }

    @Test
    void patienceEnds() {
        room.is(10);

        CompletionStage<Void> making = disk.makeRoom(500, 2000);
        timer.pass(Duration.ofMillis(1499), () -> {});
        assertThat(isTried(making)).isFalse();
        timer.pass(Duration.ofMillis(1), () -> {});

        assertThat(isTried(making)).isTrue();
    }

    @Test
    void quotaIsMadeRoomForAlthoughTheDiskSeemsToHaveEnough() {
        room.is(1_000_000);

        var unused = disk.makeRoom(500, 2000);

        assertThat(room.wanted()).containsExactly(1_000_500L);
        assertThat(room.wantedInTheEnd()).containsExactly(1_002_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"No space left on device", "Disk quota exceeded"})
    void roomHelpsAgainstAFullDiskAndAnExceededQuota(String message) {
        assertThat(CacheDisk.isLackOfRoom(new IOException(message))).isTrue();
        assertThat(CacheDisk.isLackOfRoom(new FileSystemException("/cache/x", null, message)))
                .isTrue();
    }

    @Test
    void roomDoesNotHelpAgainstAnythingElse() {
        assertThat(CacheDisk.isLackOfRoom(new FileSystemException("/cache/x", null, "Read-only file system")))
                .isFalse();
        assertThat(CacheDisk.isLackOfRoom(new AccessDeniedException("/cache/x")))
                .isFalse();
        assertThat(CacheDisk.isLackOfRoom(new IOException())).isFalse();
        assertThat(CacheDisk.isLackOfRoom(new NoRoomException(5))).isTrue();
    }

    // What is told.

    @Test
    void refusalIsToldOnceWithPathAndUserAndItsEndOnce() {
        List<String> refusals = LogLines.of(CacheDisk.class, Level.WARNING, () -> {
            disk.refused(PACKAGE, full());
            disk.refused(PACKAGE, full());
        });
        assertThat(disk.isRefusing()).isTrue();
        List<String> ends = LogLines.of(CacheDisk.class, Level.INFO, () -> {
            disk.took(PACKAGE);
            disk.took(PACKAGE);
        });

        assertThat(refusals)
                .singleElement()
                .asString()
                .contains("/cache", PACKAGE.toString(), "user " + System.getProperty("user.name"))
                .contains("No space left on device", "Free some space");
        assertThat(ends).singleElement().asString().contains("takes files again", PACKAGE.toString());
        assertThat(disk.isRefusing()).isFalse();
        assertThat(LogLines.of(CacheDisk.class, Level.WARNING, () -> disk.refused(PACKAGE, full())))
                .as("the next time")
                .hasSize(1);
    }

    @Test
    void adviceFitsTheRefusal() {
        assertThat(LogLines.of(
                        CacheDisk.class,
                        Level.WARNING,
                        () -> disk.refused(PACKAGE, new AccessDeniedException("/cache/x"))))
                .singleElement()
                .asString()
                .contains("Let that user write there");
    }
}
