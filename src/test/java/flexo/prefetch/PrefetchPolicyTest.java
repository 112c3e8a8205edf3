package flexo.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.PackageFileName;
import flexo.prefetch.PrefetchPolicy.Choice;
import flexo.testing.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefetchPolicyTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final long LIMIT = 1000;
    private static final PrefetchPolicy POLICY = new PrefetchPolicy(NOW, Duration.ofDays(30), OptionalLong.of(LIMIT));

    /** Cached: versions with the days since their last use, or a minus where no client has used them. */
    @ParameterizedTest
    @CsvSource({
        "a newer version,                 bash-5.2-1-x86_64 3,                        bash-5.2-2-x86_64,    900, FETCH",
        "used at the last moment,         bash-5.2-1-x86_64 30,                       bash-5.2-2-x86_64,    900, FETCH",
        "used too long ago,               bash-5.2-1-x86_64 31,                       bash-5.2-2-x86_64,    900, NOT_USED",
        "used by a wrong clock,           bash-5.2-1-x86_64 -9,                       bash-5.2-2-x86_64,    900, FETCH",
        "never used by a client,          bash-5.2-1-x86_64 no,                       bash-5.2-2-x86_64,    900, NOT_USED",
        "an older version was used,       bash-5.2-1-x86_64 3 bash-5.2-2-x86_64 no,   bash-5.2-3-x86_64,    900, FETCH",
        "cached already,                  bash-5.2-1-x86_64 3 bash-5.2-2-x86_64 no,   bash-5.2-2-x86_64,    900, NOT_NEWER",
        "the repository went back,        bash-5.2-2-x86_64 3,                        bash-5.2-1-x86_64,    900, NOT_NEWER",
        "a newer epoch,                   bash-5.2-2-x86_64 3,                        bash-1:5.1-1-x86_64,  900, FETCH",
        "a version that looks older,      bash-5.9-1-x86_64 3,                        bash-5.10-1-x86_64,   900, FETCH",
        "as large as allowed,             bash-5.2-1-x86_64 3,                        bash-5.2-2-x86_64,   1000, FETCH",
        "too large,                       bash-5.2-1-x86_64 3,                        bash-5.2-2-x86_64,   1001, TOO_LARGE",
        "of unknown size,                 bash-5.2-1-x86_64 3,                        bash-5.2-2-x86_64,     -1, FETCH",
        "another package of like name,    bash-doc-5.2-1-x86_64 3,                    bash-5.2-2-x86_64,    900, NOT_USED",
        "another architecture,            bash-5.2-1-aarch64 3,                       bash-5.2-2-x86_64,    900, NOT_USED",
        "now for one architecture,        bash-5.2-1-any 3,                           bash-5.2-2-x86_64,    900, FETCH",
        "now for any architecture,        bash-5.2-1-x86_64 3,                        bash-5.2-2-any,       900, FETCH",
        "nothing cached,                  ,                                           bash-5.2-2-x86_64,    900, NOT_USED"
    })
    void packagesThatClientsUseAreFetchedInTheirNewVersions(
            String why, String cached, String listed, long sizeBytes, Choice verdict) {
        assertThat(POLICY.judge(name(listed), sizeBytes, cached(cached)))
                .as(why)
                .isEqualTo(verdict);
    }

    private static List<CachedPackage> cached(String text) {
        if (text == null) {
            return List.of();
        }
        String[] words = text.strip().split("\\s+", -1);
        return IntStream.range(0, words.length / 2)
                .mapToObj(i -> CachedPackage.of(name(words[2 * i]), use(words[2 * i + 1])))
                .toList();
    }

    private static Optional<Instant> use(String daysAgo) {
        return daysAgo.equals("no")
                ? Optional.empty()
                : Optional.of(NOW.minus(Duration.ofDays(Long.parseLong(daysAgo))));
    }

    private static PackageFileName name(String text) {
        return PackageFileName.parse(text + ".pkg.tar.zst").orElseThrow();
    }

    @Test
    void whatWasFetchedIsNotFetchedAgain() {
        Seeds.upTo(1000, random -> {
            List<CachedPackage> cached = anyFiles(random);
            PackageFileName name = anyVersion(random);
            if (POLICY.judge(name, 1, cached) == Choice.FETCH) {
                Optional<Instant> inherited =
                        cached.stream().reduce(CachedPackage::and).flatMap(CachedPackage::used);
                List<CachedPackage> after = Stream.concat(cached.stream(), Stream.of(CachedPackage.of(name, inherited)))
                        .toList();

                assertThat(POLICY.judge(name, 1, after)).isEqualTo(Choice.NOT_NEWER);
            }
        });
    }

    @Test
    void itDoesNotMatterInWhichOrderVersionsAreMet() {
        Seeds.upTo(1000, random -> {
            List<CachedPackage> cached = anyFiles(random);
            List<CachedPackage> shuffled = new ArrayList<>(cached);
            Collections.shuffle(shuffled, random);
            PackageFileName name = anyVersion(random);

            assertThat(POLICY.judge(name, 1, shuffled)).isEqualTo(POLICY.judge(name, 1, cached));
        });
    }

    @Test
    void packageThatNoClientHasUsedLatelyIsNeverFetched() {
        Seeds.upTo(1000, random -> {
            List<CachedPackage> cached = anyFiles(random);
            boolean used = cached.stream()
                    .flatMap(one -> one.used().stream())
                    .anyMatch(use -> !use.isBefore(NOW.minus(Duration.ofDays(30))));

            Choice verdict = POLICY.judge(anyVersion(random), 1, cached);

            assertThat(verdict == Choice.NOT_USED).isEqualTo(!used);
        });
    }

    /** No other versions: with some, the order runs in a circle. */
    private static PackageFileName anyVersion(Random random) {
        return name("bash-" + (1 + random.nextInt(12)) + "-1-x86_64");
    }

    private static List<CachedPackage> anyFiles(Random random) {
        return Stream.generate(() -> CachedPackage.of(anyVersion(random), anyUse(random)))
                .limit(random.nextInt(7))
                .toList();
    }

    private static Optional<Instant> anyUse(Random random) {
        return Optional.of(NOW.minus(Duration.ofDays(random.nextInt(61)))).filter(use -> random.nextInt(10) > 0);
    }
}
