package flexo.database;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.repository.PackageFile;
import flexo.repository.RepositoryDatabase;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two states of one repository, by nothing but what they list. */
class DatabaseAgeTest {
    private static final Instant BUILT = Instant.parse("2026-03-01T10:00:00Z");
    private static final Instant LATER = BUILT.plusSeconds(3600);

    /** Packages by name and version, after a space. */
    private static RepositoryDatabase listing(Instant newest, String... packages) {
        return RepositoryDatabase.of(
                Arrays.stream(packages).map(DatabaseAgeTest::file).toList(), Optional.ofNullable(newest));
    }

    private static PackageFile file(String text) {
        String[] words = text.split(" ", -1);
        return new PackageFile(words[0] + "-" + words[1] + "-any.pkg.tar.zst", 1, "0".repeat(64), words[0], words[1]);
    }

    @Test
    void packageThatWasBuiltSinceIsInNoOlderState() {
        assertThat(DatabaseAge.of(listing(LATER, "a 1-1"), listing(BUILT, "a 2-1")))
                .isEqualTo(DatabaseAge.NEWER);
        assertThat(DatabaseAge.of(listing(LATER), listing(BUILT))).isEqualTo(DatabaseAge.NEWER);
    }

    @Test
    void versionsOrderStatesOfWhichTheNewestPackageIsTheSame() {
        RepositoryDatabase former = listing(BUILT, "a 1-1", "b 9-1", "c 1-1");
        RepositoryDatabase next = listing(BUILT, "a 1-2", "b 10-1", "c 1-1");

        assertThat(DatabaseAge.of(former, next)).isEqualTo(DatabaseAge.OLDER);
        assertThat(DatabaseAge.of(next, former)).isEqualTo(DatabaseAge.NEWER);
    }

    @Test
    void versionsAreComparedAsPacmanDoes() {
        assertThat(DatabaseAge.of(listing(null, "a 1:1-1"), listing(null, "a 2-1")))
                .isEqualTo(DatabaseAge.NEWER);
        assertThat(DatabaseAge.of(listing(null, "a 1.0rc1-1"), listing(null, "a 1.0-1")))
                .isEqualTo(DatabaseAge.OLDER);
    }

    @Test
    void moreRaisedThanLoweredVersionsAreNewerThoughTheNewestPackageIsGone() {
        assertThat(DatabaseAge.of(listing(BUILT, "a 2-1", "b 2-1", "c 1-1"), listing(LATER, "a 1-1", "b 1-1", "c 2-1")))
                .isEqualTo(DatabaseAge.NEWER);
    }

    @Test
    void packagesThatAreGoneMayBeGoneAgainOrNotThereYet() {
        assertThat(DatabaseAge.of(listing(BUILT, "a 1-1"), listing(LATER, "a 1-1", "b 1-1")))
                .isEqualTo(DatabaseAge.LESS);
        assertThat(DatabaseAge.of(listing(BUILT, "a 1-1"), listing(BUILT, "a 1-1", "b 1-1")))
                .isEqualTo(DatabaseAge.LESS);
    }

    @Test
    void otherPackagesOfTheSameAgeDecideNothing() {
        assertThat(DatabaseAge.of(listing(BUILT, "a 1-1", "c 1-1"), listing(BUILT, "a 1-1", "b 1-1")))
                .isEqualTo(DatabaseAge.UNDECIDED);
        assertThat(DatabaseAge.of(listing(BUILT, "a 1-1", "b 1-1"), listing(BUILT, "a 1-1")))
                .isEqualTo(DatabaseAge.UNDECIDED);
        assertThat(DatabaseAge.of(listing(null), listing(null))).isEqualTo(DatabaseAge.UNDECIDED);
    }
}
