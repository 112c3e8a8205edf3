package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Damage;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is in the configuration file, it is a set of settings or a list of mistakes for people. */
class SettingsFuzzTest {
    private static final int ROUNDS = 200 * Integer.getInteger("flexo.test.effort", 1);
    private static final String[] WORDS =
            ("=|\"|[|]|[[custom_repo]]|[x]|{|}|\n|'''|\"\"\"|0|-1|1e400|0 s|1 year|inf|nan|true|"
                            + "1979-05-27T07:32:00Z|\\u0000|\\|$|${flexo.port}|http://[::1|https://user:secret@a/|/|..|,|"
                            + "* * * * *|0 */30 * * *|80 %|-5 GiB|"
                            + "9".repeat(50)
                            + "|" + "[".repeat(500))
                    .split("\\|");

    @TempDir
    Path folder;

    @Test
    void everyFileIsSettingsOrAListOfMistakes() throws Exception {
        byte[] whole = reference();
        Damage damage = new Damage(1, WORDS);
        int accepted = 0;

        for (int round = 0; round < ROUNDS; round++) {
            Path file = Files.write(folder.resolve("flexo.toml"), damage.of(whole));
            try {
                FlexoConfig.load(Sources.file(file));
                accepted++;
            } catch (InvalidConfigException mistakes) {
                assertThat(mistakes).message().isNotBlank().doesNotContain("secret@");
            }
        }

        assertThat(accepted).isLessThan(ROUNDS);
    }

    /** All settings of the annotated file, and nothing that would take the damage instead of them. */
    private static byte[] reference() throws Exception {
        try (InputStream in =
                Objects.requireNonNull(FlexoConfig.class.getResourceAsStream("/flexo/flexo-reference.toml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("^# (?=[\\w.]+ = |\\[)", ""))
                    .filter(line -> !line.startsWith("#") && !line.startsWith("config_file"))
                    .collect(Collectors.joining("\n"))
                    .getBytes(StandardCharsets.UTF_8);
        }
    }
}
