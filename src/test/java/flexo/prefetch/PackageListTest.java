package flexo.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackageListTest {
    @Test
    void everyLineIsANameAndItsVersionDoesNotMatter() {
        PackageList list = PackageList.parse("bash 5.2.037-1\ngcc-libs\r\n\n  libsigc++-3.0  \n# mine\nbash\n@x_y.z\n");

        assertThat(list.names()).containsExactly("bash", "gcc-libs", "libsigc++-3.0", "@x_y.z");
        assertThat(list.mistakes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-Syu", ".hidden", "../etc/passwd", "a/b", "a b c", "<html>", "name\u0000", "naïve", "core/bash"
            })
    void lineThatIsNoNameIsToldOf(String line) {
        PackageList list = PackageList.parse("bash\n" + line + "\n");

        assertThat(list.mistakes()).singleElement().asString().startsWith("line 2 is not the name of a package: ");
        assertThat(list.mistakes().get(0)).matches("[ -~…]*");
    }

    @Test
    void longListOfMistakesIsCut() {
        PackageList list = PackageList.parse("a/b\n".repeat(1000));

        assertThat(list.mistakes()).hasSize(11).last().asString().isEqualTo("and so on");
    }

    @Test
    void moreNamesThanThereArePackagesAreRefused() {
        String names = IntStream.rangeClosed(0, PackageList.MOST_NAMES)
                .mapToObj(i -> "p" + i)
                .collect(Collectors.joining("\n"));

        assertThat(PackageList.parse(names).mistakes()).isNotEmpty();
    }
}
