package flexo.alpm;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackageVersionTest {
    private static final int PAIRS = 20_000;
    /** What versions are made of; some of it only where nobody has to mind. */
    private static final List<String> PIECES = List.of(
            "0",
            "1",
            "2",
            "9",
            "10",
            "00",
            "01",
            "20261123",
            "12345678901234567890123",
            "a",
            "b",
            "B",
            "Z",
            "rc",
            "alpha",
            "beta",
            "pre",
            "git",
            "r",
            "g1a2b3c",
            ".",
            ".",
            ".",
            "..",
            "_",
            "+",
            "~",
            "^",
            "@",
            ":",
            "-",
            "é");

    @ParameterizedTest
    @CsvSource({
        "1.5.0-1, <, 1.5.1-1",
        "1.5.0-1, <, 1.5.0-2",
        "1.5-9, <, 1.5-10",
        "1.5-1, <, 1.5-1.1",
        "1.5-1.9, <, 1.5-1.10",
        "1.5-1.1, <, 1.5-2",
        "9.9-9, <, 1:1.0-1",
        "1:1.0-1, <, 2:0.1-1",
        "9:1-1, <, 10:1-1",
        "0:1.0-1, =, 1.0-1",
        "1.0-1, =, 1.00-1",
        "1.0, =, 1.0-7",
        "1.0a-1, <, 1.0-1",
        "1.0rc1-1, <, 1.0-1",
        "1.0alpha-1, <, 1.0beta-1",
        "1.0beta-1, <, 1.0pre-1",
        "1.0pre-1, <, 1.0rc-1",
        "1.0, <, 1.0.a",
        "1.0.a, <, 1.0.1",
        "1.0.rc1, <, 1.0.1",
        "1.0B, <, 1.0a",
        "1.0, <, 1.0.",
        "1.0+r12+gabc-1, <, 1.0+r102+gabc-1",
        // Not as in newer versions of rpm: these two separate, and mean nothing else.
        "1.0, <, 1.0~1",
        "1.0~rc1, >, 1.0",
        "1.0^1, >, 1.0",
        "1.0~1, =, 1.0^1",
        "20260101, <, 20260102",
        "12345678901234567890123, <, 12345678901234567890124",
        "r9.abc, <, r10.abc",
        "1_2, =, 1.2",
        "1..2, >, 1.2",
    })
    void versionsAreOrdered(String one, String sign, String two) {
        int expected = "<=>".indexOf(sign) - 1;

        assertThat(Integer.signum(PackageVersion.of(one).compareTo(PackageVersion.of(two))))
                .isEqualTo(expected);
        assertThat(Integer.signum(PackageVersion.of(two).compareTo(PackageVersion.of(one))))
                .isEqualTo(-expected);
    }

    @Test
    void equalityIsThatOfTheText() {
        assertThat(PackageVersion.of("1.0-1"))
                .isEqualTo(PackageVersion.of("1.0-1"))
                .hasSameHashCodeAs("1.0-1");
        assertThat(PackageVersion.of("1.0-1")).isNotEqualTo(PackageVersion.of("0:1.0-1"));
        assertThat(PackageVersion.of("1:1.é-1")).hasToString("1:1.é-1");
    }

    @Test
    void orderCanRunInACircle() {
        assertThat(PackageVersion.of("1.")).isLessThan(PackageVersion.of("1.1"));
        assertThat(PackageVersion.of("1.1")).isLessThan(PackageVersion.of("1..a"));
        assertThat(PackageVersion.of("1..a")).isLessThan(PackageVersion.of("1."));
    }

    @Test
    void orderIsThatOfTheRealProgram(@TempDir Path folder) throws Exception {
        Programs.require("vercmp", "xargs");
        Random random = new Random(20261123);
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            String one = version(random);
            pairs.add(one);
            pairs.add(random.nextInt(4) == 0 ? version(random) : similar(one, random));
        }

        List<Integer> theirs = vercmp(pairs, folder);

        assertThat(theirs).hasSize(PAIRS).contains(-1, 0, 1);
        for (int i = 0; i < PAIRS; i++) {
            String one = pairs.get(2 * i);
            String two = pairs.get(2 * i + 1);
            assertThat(Integer.signum(PackageVersion.of(one).compareTo(PackageVersion.of(two))))
                    .as("vercmp '%s' '%s'", one, two)
                    .isEqualTo(theirs.get(i));
        }
    }

    private static String version(Random random) {
        StringBuilder version = new StringBuilder();
        int length = random.nextInt(8);
        for (int i = 0; i < length; i++) {
            version.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        if (random.nextInt(3) == 0) {
            version.insert(0, random.nextInt(3) + ":");
        }
        if (random.nextInt(2) == 0) {
            version.append('-').append(1 + random.nextInt(12));
        }
        return plainArgument(version.toString());
    }

    /** Differs by one piece that is left out, put in or exchanged: most pairs of arbitrary versions differ at once. */
    private static String similar(String version, Random random) {
        int at = random.nextInt(version.length() + 1);
        int rest = Math.min(version.length(), at + random.nextInt(2));
        String piece = random.nextInt(3) == 0 ? "" : PIECES.get(random.nextInt(PIECES.size()));
        return plainArgument(version.substring(0, at) + piece + version.substring(rest));
    }

    /** The program would take it for an option. */
    private static String plainArgument(String version) {
        return version.startsWith("-") ? "0" + version : version;
    }

    /** The program compares one pair for each start, so two rows of starts run side by side. */
    private static List<Integer> vercmp(List<String> pairs, Path folder) throws IOException, InterruptedException {
        int half = pairs.size() / 4 * 2;
        Path output1 = folder.resolve("results-1");
        Path output2 = folder.resolve("results-2");
        Process first = start(pairs.subList(0, half), folder.resolve("pairs-1"), output1);
        Process second = start(pairs.subList(half, pairs.size()), folder.resolve("pairs-2"), output2);
        assertThat(first.waitFor()).isZero();
        assertThat(second.waitFor()).isZero();
        List<Integer> results = new ArrayList<>();
        for (Path output : List.of(output1, output2)) {
            Files.readAllLines(output).forEach(line -> results.add(Integer.signum(Integer.parseInt(line))));
        }
        return results;
    }

    private static Process start(List<String> arguments, Path input, Path output) throws IOException {
        Files.write(input, (String.join("\0", arguments) + "\0").getBytes(StandardCharsets.UTF_8));
        return new ProcessBuilder("xargs", "-0", "-n", "2", "vercmp")
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
