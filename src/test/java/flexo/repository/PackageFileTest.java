package flexo.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be said of a package file, and a database made of it by hand. */
class PackageFileTest {
    private static final String SHA256 = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @ValueSource(strings = {"", ".a", "a/b", "a\\b", "a\n", "a\u0000b", "a\u009bb", ".."})
    void fileNameThatIsNotPlainIsRefused(String fileName) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PackageFile(fileName, 1, SHA256, "a", "1-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123",
                "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde/"
            })
    void hashThatIsNoneIsRefused(String sha256) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PackageFile("a.pkg.tar.zst", 1, sha256, "a", "1-1"));
    }

    @Test
    void hashAndVersionAndSizeMayBeUnknown() {
        assertThat(new PackageFile("a.pkg.tar.zst", PackageFile.UNKNOWN_SIZE, "", "a", "").sizeBytes())
                .isNegative();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -2, Long.MIN_VALUE})
    void sizeThatIsNoneIsRefused(long sizeBytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PackageFile("a.pkg.tar.zst", sizeBytes, SHA256, "a", "1-1"));
    }

    @Test
    void databaseCanBeMadeOfPackageFiles() {
        PackageFile a = new PackageFile("a.pkg.tar.zst", 1, SHA256, "a", "1-1");
        PackageFile b = new PackageFile("b.pkg.tar.zst", 2, "", "b", "1-1");
        Instant built = Instant.parse("2026-03-01T10:00:00Z");

        RepositoryDatabase database = RepositoryDatabase.of(List.of(a, b), Optional.of(built));

        assertThat(database.files())
                .containsOnlyKeys(a.fileName(), b.fileName())
                .isUnmodifiable();
        assertThat(database.file("b.pkg.tar.zst")).contains(b);
        assertThat(database.newestBuild()).contains(built);
        assertThat(database).hasToString("2 package files");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RepositoryDatabase.of(List.of(a, a), Optional.empty()))
                .withMessageContaining("twice");
    }
}
