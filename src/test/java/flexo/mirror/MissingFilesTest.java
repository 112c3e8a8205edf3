package flexo.mirror;

import static flexo.mirror.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MissingFilesTest {

    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");
    private static final RepositoryPath FILE = path("extra/os/x86_64/vim-1-1-x86_64.pkg.tar.zst");
    private static final RepositoryPath OTHER = path("extra/os/x86_64/nano-1-1-x86_64.pkg.tar.zst");
    private static final Mirror A = Mirror.of("https://a.example/");
    private static final Mirror B = Mirror.of("https://b.example/");

    private final MissingFiles missing = new MissingFiles();

    @Test
    void aFileIsMissingOnThatMirrorAlone() {
        missing.add(FILE, A, NOW);

        assertThat(missing.contains(FILE, A, NOW)).isTrue();
        assertThat(missing.contains(FILE, B, NOW)).isFalse();
        assertThat(missing.contains(OTHER, A, NOW)).isFalse();
    }

    @Test
    void itIsForgottenAfterSeconds() {
        missing.add(FILE, A, NOW);
        Instant end = NOW.plus(MissingFiles.REMEMBERED);

        assertThat(missing.contains(FILE, A, end.minusMillis(1))).isTrue();
        assertThat(missing.contains(FILE, A, end)).isFalse();
        missing.add(OTHER, A, end);
        assertThat(missing.size()).isEqualTo(1);
    }

    @Test
    void aFloodOfMadeUpNamesTakesABoundedPlaceAndPushesOutTheOldest() {
        for (int i = 0; i < 30_000; i++) {
            missing.add(path("extra/os/x86_64/made-up-" + i), A, NOW);
        }

        assertThat(missing.size()).isEqualTo(10_000);
        assertThat(missing.contains(path("extra/os/x86_64/made-up-29999"), A, NOW))
                .isTrue();
        assertThat(missing.contains(path("extra/os/x86_64/made-up-0"), A, NOW)).isFalse();
    }
}
