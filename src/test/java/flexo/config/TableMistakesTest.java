package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken tables, secrets and settings that do not go together, each with the very words its author is told. */
class TableMistakesTest {
    private static final String URL =
            "expected an absolute http or https URL without query, fragment and variables such as"
                    + " $arch, or file:///directory alone";
    private static final String PROXY =
            "expected an http URL with host and port, such as \"http://proxy.example.org:3128\", or \"none\"";
    private static final String SECRET =
            "expected a text of at least one character, without control characters; what is there is not shown";
    private static final String SECRET_FILE =
            "expected the absolute path of a file that holds nothing but the secret, in up to 4096 bytes of UTF-8";
    private static final String PEM = "expected the absolute path of a PEM file that can be read";
    private static final String NAME =
            "expected a name of letters, digits and . _ + - that does not begin with a dot or" + " hyphen";
    private static final String HEADERS = "expected a table of header names and texts, such as { X-Api-Key = \"…\" }";
    private static final String PREFETCH = "expected \"off\", a duration with its unit from 1 minute to 30 days such as"
            + " \"6 h\", or the five fields of cron such as \"0 3 * * *\"";
    private static final String HOURS = "expected two different times of the day, such as \"22:00-06:00\"";
    private static final String REPOSITORY = "[[custom_repo]]\nname = \"arm\"\nurl = \"http://arm.example/\"\n";

    @TempDir
    Path folder;

    static Stream<Arguments> files() {
        return Stream.of(
                // custom_repo: what is missing, and what does not go together.
                told("[[custom_repo]]", """
                        line 1: custom_repo.name: must be set in each of these tables
                        line 1: custom_repo.url: url, urls or mirrorlist must be set in each of these tables"""),
                told(
                        REPOSITORY + "urls = [\"http://b/\"]\nmirrorlist = \"/etc/hosts\"",
                        "line 5: custom_repo.mirrorlist: only one of url, urls, mirrorlist can be set"),
                told(
                        "[[custom_repo]]\nname = \"a\"\nurls = [\"http://a/\",\n\"file:///srv/a\"]",
                        "line 3: custom_repo.urls: a file: directory must be the only one"),
                told(
                        "[[custom_repo]]\nname = \"a\"\nurls = []",
                        "line 3: custom_repo.urls: must name at least one URL"),
                told(
                        "[[custom_repo]]\nname = \"a\"\nurls = [\"http://a/\",\n\"http://u:s3cret@b/?x\"]",
                        "line 4: custom_repo.urls = \"http://***@b/?***\": " + URL),
                told(
                        "[[custom_repo]]\nname = \"a\"\nurl = \"http://a/$arch/$repo\"",
                        "line 3: custom_repo.url = \"http://a/$arch/$repo\": " + URL),
                told(
                        "[[custom_repo]]\nname = \"a\"\nurl = \"file://server/a\"",
                        "line 3: custom_repo.url = \"file://server/a\": " + URL),
                told(
                        "[[custom_repo]]\nname = \"a\"\nmirrorlist = \"/nonexistent/list\"",
                        "line 3: custom_repo.mirrorlist = \"/nonexistent/list\": expected the absolute path of a mirrorlist"
                                + " of pacman that can be read"),
                told(
                        REPOSITORY + "[[custom_repo]]\nname = \"a b\"\nurl = 5",
                        "line 5: custom_repo.name = \"a b\": " + NAME + "\nline 6: custom_repo.url = \"5\": " + URL),
                told(
                        "[[custom_repo]]\nname = \"a\"\nurl = \"file:///srv/a\"\nproxy = \"none\"\nuser = \"u\"\npassword = \"s3cret\"",
                        """
                        line 4: custom_repo.proxy: has no meaning for a file: directory
                        line 5: custom_repo.user: has no meaning for a file: directory
                        line 6: custom_repo.password: has no meaning for a file: directory"""),
                told(
                        REPOSITORY + "[[custom_repo]]\nname = \"arm\"\nurl = \"http://b/\"",
                        "line 1: custom_repo = \"arm\": expected each name only once"),
                // custom_repo: fields of others, and unknown ones.
                told(REPOSITORY + "database_check_intervall = \"1 s\"\npasword = \"s3cret\"\nxyz = 1", """
                        line 4: custom_repo.database_check_intervall: unknown setting; did you mean database_check_interval?
                        line 5: custom_repo.pasword: unknown setting; did you mean password?
                        line 6: custom_repo.xyz: unknown setting"""),
                told(REPOSITORY + "cache_size_limit = \"80 %\"\nnum_versions_retain = -1", """
                        line 5: custom_repo.num_versions_retain = "-1": expected a whole number from 0 (all are kept) to 1000000
                        line 4: custom_repo.cache_size_limit = "80 %": expected a size with its unit, such as "20 GiB\""""),
                told(
                        REPOSITORY + "proxy = \"socks5://p:1080\"",
                        "line 4: custom_repo.proxy = \"socks5://p:1080\": " + PROXY),
                told(
                        REPOSITORY + "headers = { X-A = 5, \"b c\" = \"s3cret\", X-D = \"s3\\ncret\" }",
                        "line 4: custom_repo.headers.X-A: " + HEADERS + "\nline 4: custom_repo.headers.b c: " + HEADERS
                                + "\nline 4: custom_repo.headers.X-D: " + HEADERS),
                told(REPOSITORY + "headers = \"s3cret\"", "line 4: custom_repo.headers: " + HEADERS),
                told(
                        REPOSITORY + "url.x = \"s3cret\"",
                        "line 4, column 1: not TOML: url is not a table" + " (previously defined at line 3, column 1)"),
                // Credentials.
                told(
                        REPOSITORY + "user = \"u\"",
                        "line 4: custom_repo.user: needs password or password_file beside it"),
                told(REPOSITORY + "password = \"s3cret\"", "line 4: custom_repo.password: needs user beside it"),
                told(
                        REPOSITORY + "user = \"a:b\"\npassword = \"\"",
                        "line 4: custom_repo.user: expected a user name without colon; what is there is not shown\nline 5: custom_repo.password: "
                                + SECRET),
                told(
                        REPOSITORY + "user = \"u\"\npassword = \"s3cret\"\npassword_file = \"/nonexistent/secret\"",
                        "line 6: custom_repo.password_file: only one of password, password_file can be set"),
                told(
                        REPOSITORY + "user = \"u\"\npassword = \"s3cret\"\ntoken = \"s3cret\"",
                        "line 6: custom_repo.token: cannot be set together with user"),
                told(
                        REPOSITORY + "token_file = \"/nonexistent/secret\"",
                        "line 4: custom_repo.token_file = \"/nonexistent/secret\": " + SECRET_FILE
                                + "; this file does not exist"),
                told(
                        REPOSITORY + "token_file = \"secret\"",
                        "line 4: custom_repo.token_file = \"secret\": " + SECRET_FILE),
                told(
                        REPOSITORY + "token_file = \"/tmp\"",
                        "line 4: custom_repo.token_file = \"/tmp\": " + SECRET_FILE + "; this is no regular file"),
                told(
                        "[[upstream_credentials]]\nurl = \"https://u:s3cret@a/\"\ntoken = \"s3cret\"\n[[upstream_credentials]]",
                        """
                        line 2: upstream_credentials.url = "https://***@a/": expected the beginning of an absolute http or https URL, \
                        without credentials in it, such as "https://mirror.example.org/"
                        line 4: upstream_credentials.url: must be set in each of these tables
                        line 4: upstream_credentials.user: user and password, or token, must be set in each of these tables"""),
                told(
                        "upstream_credentials = \"https://u:s3cret@a/\"",
                        "line 1: upstream_credentials: expected tables [[upstream_credentials]] with url, and user and"
                                + " password, or token"),
                // repository.
                told("[[repository]]\nname = \"../core\"\n[[repository]]\nnum_versions_retain = 1", """
                        line 2: repository.name = "../core": expected a directory of the cache, such as "core", "custom_repo/arm" or \
                        "core/os/x86_64"
                        line 3: repository.name: must be set in each of these tables"""),
                told(
                        "[[repository]]\nname = \"core\"\n[[repository]]\nname = \"/core/\"",
                        "line 4: repository.name: \"core\" has a table already"),
                told("[repository]\nname = \"core\"", "line 1: repository: expected tables [[repository]] with name"),
                told(
                        REPOSITORY + "num_versions_retain = 1\n[[repository]]\nname = \"custom_repo/arm\"",
                        "line 5: repository: \"custom_repo/arm\" has a table here, and its [[custom_repo]] says what is"
                                + " different, too; only one of them can"),
                // The way out.
                told(
                        "http_proxy = \"proxy\"\nhttps_proxy = \"http://u:s3cret@p:3128/x\"\nno_proxy = [\"a b\"]",
                        "line 1: http_proxy = \"proxy\": " + PROXY + "\nline 2: https_proxy = \"http://***@p:3128/x\": "
                                + PROXY
                                + "\nline 3: no_proxy = \"a b\": expected host names, domains, addresses or networks, such as"
                                + " \"localhost\", \".example.org\" or \"10.0.0.0/8\", or \"*\""),
                told("proxy_user = \"u\"", "line 1: proxy_user: needs proxy_password or proxy_password_file beside it"),
                told("proxy_password = \"s3cret\"", "line 1: proxy_password: needs proxy_user beside it"),
                told("client_certificate = \"/etc/hosts\"", "line 1: client_certificate: needs client_key beside it"),
                told("client_key = \"/etc/hosts\"", "line 1: client_key: needs client_certificate beside it"),
                told(
                        "ca_certificates = [\"/nonexistent/ca.pem\"]\nminimum_tls = \"1.1\"",
                        "line 1: ca_certificates = \"/nonexistent/ca.pem\": " + PEM
                                + "\nline 2: minimum_tls = \"1.1\": expected \"1.2\" or \"1.3\""),
                told(
                        "user_agent = \"fl\\u00e9xo\"",
                        "line 1: user_agent = \"fl\u00e9xo\": expected a text of printable ASCII characters, such as"
                                + " \"flexo\""),
                // Clients, archive, prefetch.
                told("allowed_repositories = [\"..\"]\nallowed_paths = [\"a[\"]", """
                        line 1: allowed_repositories = "..": expected the first directories of paths, such as "core" or "custom_repo/arm"
                        line 2: allowed_paths = "a[": expected globs of paths, such as "*/os/x86_64/**\""""),
                told("allowed_clients = [\"10.0.0.0/33\"]\ntrusted_proxies = [\"proxy\"]", """
                        line 1: allowed_clients = "10.0.0.0/33": expected IP addresses or networks, such as "192.168.1.0/24" or "fd00::/8"
                        line 2: trusted_proxies = "proxy": expected IP addresses or networks, such as "192.168.1.0/24" or "fd00::/8\""""),
                told("archive_fallback = \"maybe\"", "line 1: archive_fallback = \"maybe\": expected true or false"),
                told("prefetch = \"30 s\"", "line 1: prefetch = \"30 s\": " + PREFETCH),
                told("prefetch = \"0 24 * * *\"", "line 1: prefetch = \"0 24 * * *\": " + PREFETCH),
                told("prefetch = \"0 3 * *\"", "line 1: prefetch = \"0 3 * *\": " + PREFETCH),
                told("prefetch = \"0 3 * * fri-mon\"", "line 1: prefetch = \"0 3 * * fri-mon\": " + PREFETCH),
                told(
                        "prefetch_quiet_hours = \"22:00-24:00\"",
                        "line 1: prefetch_quiet_hours = \"22:00-24:00\": " + HOURS),
                told(
                        "prefetch_quiet_hours = \"6:00-06:00\"",
                        "line 1: prefetch_quiet_hours = \"6:00-06:00\": " + HOURS),
                // What an unfinished quote may have shown.
                told(
                        "proxy_password = \"s3c\"ret",
                        "line 1, column 23: not TOML: Unexpected text, expected a newline or end-of-input"));
    }

    private static Arguments told(String content, String lines) {
        return arguments(content, Arrays.asList(lines.split("\n", -1)));
    }

    @ParameterizedTest
    @MethodSource("files")
    void eachMistakeIsToldWithItsLineAndNoSecret(String content, List<String> told) throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), content);

        List<String> problems = problems(Sources.file(file));

        assertThat(problems)
                .containsExactlyElementsOf(
                        told.stream().map(problem -> file + " " + problem).toList());
        assertThat(problems.toString()).doesNotContain("s3c").doesNotContain("cret@");
    }

    @Test
    void aTableInAVariableIsCounted() {
        assertThat(problems(Sources.environment(Map.of(
                        "FLEXO_CUSTOM_REPO",
                        "[{name = \"a\", url = \"http://a/\"}, {name = \"b\", uri = \"http://s3cret@b/\"}]"))))
                .containsExactly(
                        "environment variable FLEXO_CUSTOM_REPO, table 2: custom_repo.uri: unknown setting; did you mean"
                                + " url?",
                        "environment variable FLEXO_CUSTOM_REPO, table 2: custom_repo.url: url, urls or mirrorlist must be"
                                + " set in each of these tables");
    }

    @Test
    void aWrongProxyOfTheProcessIsToldBecauseNothingMayGoPastIt() {
        assertThat(problems(Sources.environment(Map.of("HTTPS_PROXY", "socks5://u:s3cret@proxy:1080"))))
                .containsExactly(
                        "environment variable HTTPS_PROXY: https_proxy = \"socks5://***@proxy:1080\": " + PROXY);
    }

    static Stream<Arguments> secretFiles() {
        return Stream.of(
                arguments("", "; this file is empty"),
                arguments("\n", "; this file is empty"),
                arguments("s3cret\nand more\n", "; this file has several lines, or control characters"),
                arguments("s3cret".repeat(700), "; this file is longer"));
    }

    @ParameterizedTest
    @MethodSource("secretFiles")
    void aSecretFileThatCannotBeRightIsNamedWithoutItsContent(String content, String why) throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), content);

        assertThat(problems(Sources.properties(
                        Map.of("flexo.proxy_user", "u", "flexo.proxy_password_file", file.toString()))))
                .containsExactly("system property flexo.proxy_password_file: proxy_password_file = \"" + file + "\": "
                        + SECRET_FILE + why);
    }

    private static List<String> problems(SettingSources sources) {
        InvalidConfigException refusal =
                catchThrowableOfType(InvalidConfigException.class, () -> FlexoConfig.load(sources));
        assertThat(refusal).as("refusal").isNotNull();
        return refusal.problems().stream().map(Problem::toString).toList();
    }
}
