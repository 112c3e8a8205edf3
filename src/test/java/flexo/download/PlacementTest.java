package flexo.download;

import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import flexo.cache.ContentHead;
import flexo.cache.FileDigest;
import flexo.cache.PartFile;
import flexo.mirror.Mirror;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the bytes of a package go, on a disk with room for half of it unless a test makes more. */
class PlacementTest {
    private static final byte[] BODY = body(1000);
    private static final ContentHead HEAD = new ContentHead(BODY.length, MODIFIED);

    @TempDir
    private Path directory;

    private DownloadBench bench;
    private Placement placement;
    /** How often the download was said to be of no use. */
    private int useless;

    @BeforeEach
    void begin() {
        bench = new DownloadBench(directory, 1);
        bench.room.is(500);
        placement = placement(new PlainPolicy(bytes -> {}));
    }

    private Placement placement(FilePolicy policy) {
        return new Placement(new Fetch(bench.context, new Download(PACKAGE), policy, false), () -> useless++);
    }

    @AfterEach
    void nothingIsLeft() {
        if (placement.part() != null) {
            placement.discard();
            placement.drop();
        }
        placement.releaseRoom();
        assertThat(bench.memory.sharing()).isZero();
        assertThat(bench.openFiles()).isEmpty();
        assertThat(bench.fileNames()).isEmpty();
    }

    private void write(int from, int to) throws IOException {
        placement.write(ByteBuffer.wrap(slice(BODY, from, to)), from, new FileDigest());
    }

    private void roomIsMade(long bytes) {
        bench.room.is(bytes);
        bench.room.wasTried();
        bench.settle();
    }

    private boolean isSettled() {
        return placement.settled().toCompletableFuture().isDone();
    }

    @Test
    void fileThatFitsLiesOnDiskFromItsFirstByte() throws IOException {
        bench.room.is(1000);

        placement.create(HEAD);
        write(0, 1000);

        assertThat(placement.isOnDisk()).isTrue();
        assertThat(bench.part(PACKAGE)).hasBinaryContent(BODY);
        assertThat(placement.waitForRoom(() -> {})).isFalse();
    }

    @Test
    void fileThatDoesNotFitGoesToDiskWhenRoomIsMade() throws IOException {
        placement.create(HEAD);
        write(0, 300);
        assertThat(placement.isOnDisk()).isFalse();
        assertThat(isSettled()).isFalse();
        assertThat(bench.room.wanted()).containsExactly(1000L);
        boolean[] wanted = new boolean[1];
        assertThat(placement.waitForRoom(() -> wanted[0] = true)).isTrue();

        roomIsMade(1000);

        assertThat(wanted[0]).isTrue();
        assertThat(placement.isOnDisk()).isTrue();
        write(300, 1000);
        assertThat(bench.part(PACKAGE)).hasBinaryContent(BODY);
    }

    @Test
    void fileForWhichNoRoomIsMadeStaysInMemoryAndIsUselessWithoutReaders() throws IOException {
        Download download = new Download(PACKAGE);
        placement =
                new Placement(new Fetch(bench.context, download, new PlainPolicy(bytes -> {}), false), () -> useless++);
        placement.create(HEAD);

        roomIsMade(500);

        assertThat(isSettled()).isTrue();
        assertThat(placement.isOnDisk()).isFalse();
        assertThat(useless).isZero();
        download.close();
        assertThat(useless).isEqualTo(1);
    }

    @Test
    void diskThatRefusesForAnotherReasonIsNotGivenRoom() throws IOException {
        bench.room.is(1000);
        placement.create(HEAD);
        write(0, 300);

        placement.leaveDisk(300, 700, new IOException("Input/output error"));

        assertThat(bench.room.wanted()).isEmpty();
        assertThat(bench.fileNames()).as("what lies there has no name any more").isEmpty();
        ByteBuffer read = ByteBuffer.allocate(1000);
        assertThat(placement.part().read(read, 0)).as("but is read").isEqualTo(300);
    }

    @Test
    void fileThatIsNeededWholeIsRefusedIfMemoryDoesNotHoldIt() {
        placement = placement(new WholePolicy());
        ContentHead tooLong = new ContentHead((1 << 20) + 1, MODIFIED);

        assertThatIOException().isThrownBy(() -> placement.create(tooLong)).isInstanceOf(NoRoomException.class);
    }

    // Steps.

    private static final long STEP = Placement.LEAST_STEP_BYTES;
    private static final ContentHead IMAGE = new ContentHead(95_000_000, MODIFIED);

    @Test
    void roomIsMadeForWhatIsToComeSoonNotForWhatAMirrorAnnounces() throws IOException {
        placement.create(IMAGE);

        assertThat(bench.room.wanted()).containsExactly(STEP);
        assertThat(bench.room.wantedInTheEnd()).containsExactly(95_000_000L);
    }

    @Test
    void roomIsMadeForAsMuchAsHasArrived() throws IOException {
        bench.room.is(STEP);
        placement.create(IMAGE);
        long arrived = 0;
        for (long step : List.of(STEP, STEP, 2 * STEP)) {
            for (long end = arrived + step; arrived < end; arrived += 1 << 20) {
                placement.write(ByteBuffer.allocate(1 << 20), arrived, null);
            }
            bench.room.is(100);
            long at = arrived;
            assertThatIOException()
                    .isThrownBy(() -> placement.write(ByteBuffer.allocate(1 << 20), at, null))
                    .isInstanceOfSatisfying(NoRoomException.class, refusal -> leaveDisk(at, refusal));
            roomIsMade(arrived);
        }

        assertThat(bench.room.wanted()).containsExactly(STEP, 2 * STEP, 4 * STEP);
        assertThat(bench.room.wantedInTheEnd())
                .containsExactly(95_000_000 - STEP, 95_000_000 - 2 * STEP, 95_000_000 - 4 * STEP);
        assertThat(placement.isOnDisk()).isTrue();
    }

    private void leaveDisk(long at, IOException refusal) {
        try {
            placement.leaveDisk(at, IMAGE.lengthBytes() - at, refusal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void roomIsMadeForAllOfAFileWhoseLengthADatabaseLists() throws IOException {
        placement = placement(new ListedPolicy());

        placement.create(IMAGE);

        assertThat(bench.room.wanted()).containsExactly(95_000_000L);
    }

    @Test
    void roomThatIsMadeForBytesThatWereGivenUpStaysFree() throws IOException {
        placement.create(HEAD);
        placement.drop();

        roomIsMade(1000);

        CacheDisk.Reservation other = bench.context.disk().reservation();
        assertThat(other.reserve(1000)).isTrue();
        other.release();
    }

    @Test
    void readersOfARestAreServedFromMemoryWhateverTheDiskHolds() throws IOException {
        bench.room.is(5000);

        placement.createInMemory(HEAD, 300);
        write(300, 1000);

        assertThat(placement.isOnDisk()).isFalse();
        assertThat(bench.fileNames()).isEmpty();
        ByteBuffer read = ByteBuffer.allocate(1000);
        assertThat(placement.part().read(read, 300)).isEqualTo(700);
    }

    /** As a package that its database lists. */
    private static final class ListedPolicy implements FilePolicy {
        @Override
        public boolean isLengthKnown() {
            return true;
        }

        @Override
        public boolean publish(Mirror mirror, PartFile part, ContentHead head) {
            throw new AssertionError("is not whole");
        }
    }

    /** As a database. */
    private static final class WholePolicy implements FilePolicy {
        @Override
        public boolean isNeededWhole() {
            return true;
        }

        @Override
        public boolean publish(Mirror mirror, PartFile part, ContentHead head) {
            throw new AssertionError("is not whole");
        }
    }
}
