package flexo.cache;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileDigestTest {
    /** More than two of the buffers it reads with. */
    private static final FileContent CONTENT = FileContent.seeded(1, 600_001);

    @TempDir
    private Path directory;

    private PartFile part;

    @BeforeEach
    void write() throws IOException {
        part = new PackageCache(directory)
                .create(TestPaths.path("core/a.pkg.tar"), new ContentHead(CONTENT.lengthBytes(), Instant.EPOCH));
        part.write(ByteBuffer.wrap(CONTENT.bytes()), 0);
    }

    @Test
    void fileOfKnownSha256HasIt() throws IOException {
        Path abc = Files.writeString(directory.resolve("abc"), "abc");

        // The first example of FIPS 180-2.
        assertThat(FileDigest.of(abc)).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 262_143, 262_144, 600_000, 600_001})
    void whatWasNotSeenToArriveIsReadFromTheFile(int seen) throws IOException {
        FileDigest digest = new FileDigest();
        ByteBuffer bytes = ByteBuffer.wrap(CONTENT.bytes(0, seen));
        digest.update(bytes);

        assertThat(bytes.remaining()).as("left as it was").isEqualTo(seen);
        assertThat(digest.coveredBytes()).isEqualTo(seen);
        assertThat(part.sha256(digest)).isEqualTo(CONTENT.sha256());
        part.close();
    }

    @Test
    void bytesThatArrivedCountAndNotThoseOnDisk() throws IOException {
        FileDigest digest = new FileDigest();
        digest.update(ByteBuffer.wrap(CONTENT.withFlippedBit(7).bytes(0, 1000)));

        assertThat(part.sha256(digest)).isEqualTo(CONTENT.withFlippedBit(7).sha256());
        part.close();
    }
}
