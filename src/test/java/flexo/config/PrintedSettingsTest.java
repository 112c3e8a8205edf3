package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrintedSettingsTest {
    private static final String SECRET = "s3cret-w0rd";

    @TempDir
    Path folder;

    private static String printed(SettingSources sources) {
        return new PrintedSettings(sources).get();
    }

    @Test
    void eachSettingIsThereWithItsSource() throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), "\nuser_agent = \"a \\\"b\\\"\"\n");
        String text = printed(new SettingSources(
                Map.of("flexo.connect_timeout", "2 s"),
                Map.of("FLEXO_MIRRORS_PREDEFINED", "http://a.example/, http://b.example/"),
                Map.of("flexo.port", "80"),
                file));

        assertThat(text.lines())
                .startsWith("# Read from " + file
                        + "; system properties flexo.connect_timeout; environment variables FLEXO_MIRRORS_PREDEFINED;"
                        + " context parameters flexo.port")
                .contains(
                        "connect_timeout = \"2 s\"  # system property flexo.connect_timeout",
                        "mirrors_predefined = \"http://a.example/, http://b.example/\"  # environment variable"
                                + " FLEXO_MIRRORS_PREDEFINED",
                        "port = 80  # context parameter flexo.port",
                        "user_agent = \"a \\\"b\\\"\"  # " + file + " line 2",
                        "num_versions_retain = 3  # built-in default",
                        "# proxy_user is not set");
        assertThat(Keys.NAMES).allSatisfy(name -> assertThat(text).contains(name + " "));
    }

    @Test
    void itIsAFileThatMeansTheSame() throws Exception {
        Path first = Files.writeString(folder.resolve("first.toml"), """
                mirrors_predefined = ["http://a.example/", "http://b.example/"]
                num_versions_retain = 7
                prefetch = "0 3 * * *"
                [mirrors_auto]
                timeout = 99
                max_score = 1.5
                [[custom_repo]]
                name = "arm"
                urls = ["http://c.example/", "http://d.example/"]
                purge_unused_after = "3 days"
                [[repository]]
                name = "core/os/x86_64"
                num_versions_retain = 1
                """);
        Path second = folder.resolve("second.toml");
        Files.writeString(second, printed(Sources.file(first)));

        assertThat(FlexoConfig.load(Sources.file(second)))
                .usingRecursiveComparison()
                .ignoringFields("configFile", "listening.notFollowed", "prefetch.schedule.times")
                .isEqualTo(FlexoConfig.load(Sources.file(first)));
    }

    @Test
    void secretsAreMaskedWhereverTheyStand() throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), """
                http_proxy = "http://me:%1$s@proxy.example:3128"
                proxy_user = "me"
                proxy_password = "%1$s"
                mirrors_predefined = ["http://a.example/", "http://me:%1$s@b.example/", "http://c.example/"]
                [[custom_repo]]
                name = "one"
                url = "http://me:%1$s@d.example/"
                headers = { X-Api-Key = "%1$s" }
                [[custom_repo]]
                name = "two"
                url = "http://e.example/"
                user = "me"
                password = "%1$s"
                [[upstream_credentials]]
                url = "http://f.example/"
                token = "%1$s"
                """.formatted(SECRET));

        String text = printed(Sources.file(file));

        assertThat(text)
                .doesNotContain(SECRET)
                .contains("\"http://***@b.example/\", \"http://c.example/\"", "password = \"***\"", "token = \"***\"")
                .contains("headers = {X-Api-Key = \"***\"}")
                .doesNotContain("# Mistake");
        assertThat(printed(Sources.environment(Map.of("FLEXO_CUSTOM_REPO", "[{token = \"" + SECRET))))
                .as("a table that cannot be read")
                .doesNotContain(SECRET);
        assertThat(printed(Sources.environment(Map.of("FLEXO_CUSTOM_REPO", "a@http://me:" + SECRET + "@a.example/"))))
                .doesNotContain(SECRET);
    }

    @Test
    void everySettingThatIsASecretIsKnownAsOne() {
        assertThat(Stream.concat(Keys.ALL.stream(), Keys.fieldsOfTables().stream())
                        .filter(key -> key.parser()
                                .parse(SECRET)
                                .value()
                                .filter(new Secret(SECRET)::equals)
                                .isPresent())
                        .map(Key::name))
                .isNotEmpty()
                .isSubsetOf(Keys.SECRETS);
    }

    @Test
    void mistakesAreThereAsRemarks() {
        assertThat(printed(Sources.environment(Map.of("FLEXO_CONNECT_TIMEOUT", "soon", "FLEXO_NONSENSE", "1"))))
                .contains("# Mistake: environment variable FLEXO_CONNECT_TIMEOUT: connect_timeout = \"soon\"")
                .contains("# Warning: environment variable FLEXO_NONSENSE: ");
    }
}
