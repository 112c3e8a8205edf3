package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.Mirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents tell people to write is taken without a complaint. */
class DocumentedSettingsTest {
    private static final Pattern TOML = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private static Stream<String> examples() throws IOException {
        return Stream.concat(matches(TOML, "README.md").stream(), matches(TOML, "docs/repositories.md").stream());
    }

    private static List<String> matches(Pattern pattern, String document) throws IOException {
        return pattern.matcher(Files.readString(Path.of(document)))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private FlexoConfig load(String toml) throws Exception {
        return FlexoConfig.load(Sources.file(Files.writeString(folder.resolve("flexo.toml"), toml)));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleOfACustomRepositoryIsOne(String toml) throws Exception {
        Path list = Files.writeString(folder.resolve("mirrorlist"), "Server = https://mirror.example/$repo/$arch\n");

        FlexoConfig config = load(toml.replaceAll("\"/etc/pacman.d/[^\"]+", "\"" + list));

        assertThat(config.customRepositories()).hasSize(1);
        assertThat(config.warnings())
                .allSatisfy(warning -> assertThat(warning.toString()).contains("there is no directory"));
    }

    /** The database of what is installed: pacman takes no repository of that name. */
    @Test
    void noExampleCallsARepositoryLocal() throws Exception {
        assertThat(Path.of("docs/repositories.md")).content().doesNotContain("[local]");
    }

    @Test
    void whatPacolocosConfigurationBecomesIsOne() throws Exception {
        List<String> examples = matches(TOML, "docs/from-pacoloco.md");
        assertThat(examples).hasSize(1);

        FlexoConfig config = load(examples.get(0));

        assertThat(config.warnings()).isEmpty();
        assertThat(config.retention().rules().usual().purgeUnusedAfter()).contains(Duration.ofDays(30));
        assertThat(config.mirrors().predefined())
                .containsExactly(
                        Mirror.of("http://mirror.lty.me/archlinux/"),
                        Mirror.of("http://mirrors.kernel.org/archlinux/"));
        assertThat(config.customRepositories())
                .extracting(CustomRepository::name)
                .containsExactly("quarry", "sublime");
        assertThat(config.customRepositories().get(0).way()).isPresent();
    }
}
