package flexo.alpm;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Damage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a request line names, it is a plain place below the cache directory or is refused. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RepositoryPathFuzzTest {
    private static final int ROUNDS = 100_000 * Integer.getInteger("flexo.test.effort", 1);
    private static final Path ROOT = Path.of("/var/cache/flexo");
    private static final List<String> PATHS = List.of(
            "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst",
            "/~user/repo/x86_64/c%2B%2B-1%3A2-3-any.pkg.tar.zst.sig",
            "/iso/latest/archlinux-x86_64.iso",
            "/extra/os/x86_64/extra.db",
            "/custom/%C3%A4%C3%B6/os");
    private static final String[] WORDS =
            ("/|//|.|..|/../|/./|%2e%2e|%2F|%5c|\\|%|%0|%00|%0a|%7f|%ff|%c0%ae|%25|;x=y|?|#| |\u0000|ä|.part|"
                            + ".cfs|/.|"
                            + "x".repeat(240)
                            + "|" + "%C3%A4".repeat(120)
                            + "|" + "/y".repeat(1000))
                    .split("\\|");

    @Test
    void everyPathIsPlainOrRefused() throws Exception {
        Damage damage = new Damage(1, WORDS);
        int plain = 0;

        for (int round = 0; round < ROUNDS; round++) {
            String raw = damage.of(damage.oneOf(PATHS));
            RepositoryPath path;
            try {
                path = RepositoryPath.parse(raw);
            } catch (RefusedPathException refused) {
                assertThat(refused).message().isNotBlank().doesNotContainPattern("\\p{Cntrl}");
                continue;
            }
            plain++;
            Path place = ROOT.resolve(path.toString());
            assertThat(place)
                    .as(raw)
                    .isEqualTo(place.normalize())
                    .startsWithRaw(ROOT)
                    .isNotEqualTo(ROOT);
            assertThat(path.segments()).as(raw).allMatch(RepositoryPathFuzzTest::isOrdinary);
            assertThat(RepositoryPath.parse("/" + path.toUrlPath())).as(raw).isEqualTo(path);
        }

        assertThat(plain).isBetween(ROUNDS / 20, ROUNDS - ROUNDS / 20);
    }

    private static boolean isOrdinary(String segment) {
        return !segment.isEmpty()
                && !segment.startsWith(".")
                && segment.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))
                && segment.getBytes(StandardCharsets.UTF_8).length <= RepositoryPath.MAX_SEGMENT_BYTES;
    }
}
