package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Damage;
import flexo.testing.StatusDocument;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever a status document, a file of stored results or a mirrorlist has in it, the mirrors that are read can be asked. */
class MirrorDocumentsFuzzTest {
    private static final int ROUNDS = 20_000 * Integer.getInteger("flexo.test.effort", 1);
    private static final String[] WORDS =
            ("null|true|-1|1e999|\"\"|{}|[]|\"|,|:|\\u0000|\\ud800|http://[::1|http://a:99999/|"
                            + "https://127.0.0.1:1/|file:///etc/passwd|ftp://a/|https://a b/|0000-00-00T00:00:00Z|"
                            + "+1000000000-12-31T23:59:59Z|Server = |$repo/os/$arch|#|\n|"
                            + "9".repeat(400)
                            + "|" + "[".repeat(5000)
                            + "|" + "{\"a\":".repeat(2000))
                    .split("\\|");

    private interface Reading {
        List<Mirror> read(byte[] document) throws UnusableDocumentException;
    }

    @Test
    void statusDocumentNamesMirrorsThatCanBeAskedOrIsRefused() {
        MirrorCriteria any = new MirrorCriteria(
                false, false, false, 1e9, Set.of(), Set.of(), 8, MirrorCriteria.Order.RANDOM, Duration.ofSeconds(1));
        String document = new StatusDocument()
                .add("https://mirror.example/archlinux/")
                .add("http://127.0.0.1:8080/", "protocol", "\"http\"", "delay", "0", "country_code", "\"DE\"")
                .json();
        assertMirrorsOrRefusal(
                document,
                bytes -> any.select(MirrorStatusJson.parse(bytes), new Random(1)).stream()
                        .map(MirrorCandidate::mirror)
                        .toList());
    }

    @Test
    void storedResultsNameMirrorsThatCanBeAskedOrAreRefused() {
        String document = MirrorTestResultsJson.print(new MirrorTestResults(
                Instant.parse("2025-03-01T12:00:00.25Z"),
                List.of(
                        new MirrorTestResult(
                                Mirror.of("https://a.example/archlinux/"),
                                "DE",
                                Duration.ofMillis(23),
                                Instant.parse("2025-03-01T09:00:00Z"),
                                5_000_000,
                                2),
                        new MirrorTestResult(Mirror.of("http://anna:s3cret@b.example/"), "", null, null, 0, 0))));
        assertMirrorsOrRefusal(
                document,
                bytes -> MirrorTestResultsJson.parse(bytes).mirrors().stream()
                        .map(MirrorTestResult::mirror)
                        .toList());
    }

    @Test
    void mirrorlistNamesMirrorsThatCanBeAskedAndComplainsOfTheRest() {
        String list = """
                ## Germany
                Server = https://mirror.example/archlinux/$repo/os/$arch
                #Server = http://off.example/$repo/os/$arch
                Server = http://127.0.0.1:8080/$repo/os/$arch
                """;
        assertMirrorsOrRefusal(list, bytes -> {
            Mirrorlist read = Mirrorlist.parse(new String(bytes, StandardCharsets.UTF_8));
            assertThat(read.complaints())
                    .allSatisfy(complaint -> assertThat(complaint).isNotBlank());
            return read.mirrors();
        });
    }

    private static void assertMirrorsOrRefusal(String document, Reading reading) {
        Damage damage = new Damage(document.hashCode(), WORDS);
        byte[] whole = document.getBytes(StandardCharsets.UTF_8);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damage.of(whole);
            try {
                for (Mirror mirror : reading.read(damaged)) {
                    URI base = mirror.base();
                    assertThat(base.getScheme()).isIn("http", "https");
                    assertThat(base.getHost()).isNotBlank();
                    assertThat(base.getPort()).isLessThan(65_536);
                }
                read++;
            } catch (UnusableDocumentException refused) {
                assertThat(refused).message().isNotBlank().hasSizeLessThan(1000);
            }
        }
        assertThat(read).isPositive();
    }
}
