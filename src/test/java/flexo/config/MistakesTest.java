package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import flexo.testing.Programs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken configurations, each with the very words its author is told. */
class MistakesTest {
    private static final String URL =
            "expected an absolute http or https URL without query, fragment and $repo/os/$arch, such as"
                    + " \"https://mirror.example.org/archlinux/\"";
    private static final String SPEED = "expected bytes per second as a whole number, or with a unit, such as 250000,"
            + " \"2 MBit/s\" or \"250 KiB/s\"";
    private static final String CONNECT =
            "expected milliseconds, or a duration with its unit, from 1 ms to 7500 ms, such as" + " 3000 or \"3 s\"";
    private static final String SIZE =
            "expected a size with its unit, or a share of the file system, such as \"20 GiB\" or \"80 %\"";
    private static final String REPOSITORY_URL =
            "expected an absolute http or https URL without query, fragment and variables such as $arch, or file:///directory"
                    + " alone";
    private static final String REPOSITORIES = "expected tables [[custom_repo]] with name and url, or name@url such as"
            + " \"arm@https://mirror.example.org/\" with spaces in between";

    @TempDir
    Path folder;

    static Stream<Arguments> brokenFiles() {
        return Stream.of(
                arguments("connect_timeout = \"soon\"", List.of("line 1: connect_timeout = \"soon\": " + CONNECT)),
                arguments("connect_timeout = 0", List.of("line 1: connect_timeout = \"0\": " + CONNECT)),
                arguments("connect_timeout = 7501", List.of("line 1: connect_timeout = \"7501\": " + CONNECT)),
                arguments("connect_timeout = -1", List.of("line 1: connect_timeout = \"-1\": " + CONNECT)),
                arguments("connect_timeout = [3000]", List.of("line 1: connect_timeout = \"[3000]\": " + CONNECT)),
                arguments("[connect_timeout]\nms = 3", List.of("line 1: connect_timeout = \"{…}\": " + CONNECT)),
                arguments(
                        "low_speed_time_secs = 0",
                        List.of(
                                "line 1: low_speed_time_secs = \"0\": expected seconds, or a duration with its unit, above 0"
                                        + " and up to 1 hour, such as 5 or \"5 s\"")),
                arguments("low_speed_limit = \"fast\"", List.of("line 1: low_speed_limit = \"fast\": " + SPEED)),
                arguments(
                        "low_speed_limit_formatted = 1000",
                        List.of("line 1: low_speed_limit_formatted = \"1000\": expected a speed with its unit, such as"
                                + " \"2 MBit/s\" or \"250 KiB/s\"")),
                arguments("max_speed_limit = -1", List.of("line 1: max_speed_limit = \"-1\": " + SPEED)),
                arguments(
                        "refresh_latency_tests_after = 8",
                        List.of(
                                "line 1: refresh_latency_tests_after = \"8\": expected a duration with its unit, above 0 and"
                                        + " up to 3650 days, such as \"8 days\" or \"36 h\"")),
                arguments(
                        "purge_unused_after = 90\ncache_size_limit = 20\ncache_min_free = \"101 %\"",
                        List.of(
                                "line 1: purge_unused_after = \"90\": expected a duration with its unit, from 1 minute to 3650"
                                        + " days, such as \"90 days\" or \"6 months\"",
                                "line 2: cache_size_limit = \"20\": " + SIZE,
                                "line 3: cache_min_free = \"101 %\": " + SIZE)),
                arguments(
                        "cache_directory = \"cache\"",
                        List.of("line 1: cache_directory = \"cache\": expected an absolute path")),
                arguments(
                        "cache_directory = \"\"", List.of("line 1: cache_directory = \"\": expected an absolute path")),
                arguments(
                        "config_file = \"/etc/flexo/other.toml\"",
                        List.of(
                                "line 1: config_file = \"/etc/flexo/other.toml\": expected it to be set outside the file, as"
                                        + " FLEXO_CONFIG_FILE or -Dflexo.config_file")),
                arguments("port = 70000", List.of("line 1: port = \"70000\": expected a port number from 1 to 65535")),
                arguments(
                        "listen_ip_address = \"any address\"",
                        List.of("line 1: listen_ip_address = \"any address\": expected an address of this machine,"
                                + " such as 127.0.0.1, or 0.0.0.0 or :: for all of them")),
                arguments(
                        "num_versions_retain = 2.5",
                        List.of(
                                "line 1: num_versions_retain = \"2.5\": expected a whole number from 0 (all are kept) to"
                                        + " 1000000")),
                arguments(
                        "mirror_selection_method = \"fastest\"",
                        List.of("line 1: mirror_selection_method = \"fastest\": expected \"auto\" or \"predefined\"")),
                arguments(
                        "\nmirror_selection_method = \"predefined\"",
                        List.of("line 2: mirror_selection_method = \"predefined\": expected at least one mirror in"
                                + " mirrors_predefined, which is empty, or a mirrorlist_file")),
                arguments(
                        "mirrors_predefined = [\n\"https://a.example/\",\n\"ftp://b.example/\",\n\"mirror\"\n]",
                        List.of(
                                "line 3: mirrors_predefined = \"ftp://b.example/\": " + URL,
                                "line 4: mirrors_predefined = \"mirror\": " + URL)),
                arguments(
                        "mirrors_predefined = [\"https://a.example/$repo/os/$arch\", \"https://a.example/?x=1\", 5]",
                        List.of(
                                "line 1: mirrors_predefined = \"https://a.example/$repo/os/$arch\": " + URL,
                                "line 1: mirrors_predefined = \"https://a.example/?***\": " + URL,
                                "line 1: mirrors_predefined = \"5\": " + URL)),
                arguments(
                        "mirrors_predefined = [\"http://a.example/\"]\nsiblings = [\"http://a.example\"]",
                        List.of(
                                "line 2: siblings: http://a.example/ is in mirrors_predefined, too; a sibling is asked for"
                                        + " what it has, and fetches nothing for us")),
                arguments(
                        "[mirrors_auto]\nhttps_required = \"yes\"\nipv4 = 1\nmax_score = -1\nnum_mirrors = 0",
                        List.of(
                                "line 2: mirrors_auto.https_required = \"yes\": expected true or false",
                                "line 3: mirrors_auto.ipv4 = \"1\": expected true or false",
                                "line 4: mirrors_auto.max_score = \"-1\": expected a number from 0, such as 2.5",
                                "line 5: mirrors_auto.num_mirrors = \"0\": expected a whole number from 1 to 1000")),
                arguments(
                        "[mirrors_auto]\ntimeout = \"1 year\"\nallowed_countries = [\"DE\", \"UK\"]",
                        List.of(
                                "line 2: mirrors_auto.timeout = \"1 year\": expected milliseconds, or a duration with its"
                                        + " unit, above 0 and up to 1 minute, such as 350 or \"350 ms\"",
                                "line 3: mirrors_auto.allowed_countries = \"UK\": expected two-letter ISO country codes such"
                                        + " as DE")),
                arguments(
                        "[[custom_repo]]\nname = \"a\"\nurl = \"a.example\"\n[[custom_repo]]\nname = \"..\"\nurl = \"http://a/\"",
                        List.of(
                                "line 3: custom_repo.url = \"a.example\": " + REPOSITORY_URL,
                                "line 5: custom_repo.name = \"..\": expected a name of letters, digits and . _ + - that does not"
                                        + " begin with a dot or hyphen")),
                arguments(
                        "[[custom_repo]]\nname = \"a\"\nuri = [\"http://u:s3cret@a/\"]",
                        List.of(
                                "line 3: custom_repo.uri: unknown setting; did you mean url?",
                                "line 1: custom_repo.url: url, urls or mirrorlist must be set in each of these tables")),
                arguments(
                        "custom_repo = \"a@http://a/ a@http://b/\"",
                        List.of("line 1: custom_repo = \"a\": expected each name only once")),
                arguments(
                        "custom_repo = \"http://a/\"", List.of("line 1: custom_repo = \"http://a/\": " + REPOSITORIES)),
                arguments("[custom_repo]\nname = \"a\"", List.of("line 1: custom_repo = \"{…}\": " + REPOSITORIES)),
                arguments(
                        "conect_timeout = 3\n[mirrors_auto]\nnum_versions_retain = 3\n[other]\nthing = \"s3cret\"",
                        List.of(
                                "line 1: conect_timeout: unknown setting; did you mean connect_timeout?",
                                "line 3: mirrors_auto.num_versions_retain: unknown setting; did you mean"
                                        + " num_versions_retain?",
                                "line 5: other.thing: unknown setting")),
                arguments(
                        "timeout = 3", List.of("line 1: timeout: unknown setting; did you mean mirrors_auto.timeout?")),
                arguments(
                        "port = = 1\ncustom_repo = [\n",
                        List.of(
                                "line 1, column 8: not TOML: Unexpected '=', expected a value",
                                "line 3, column 1: not TOML: Unexpected end of input, expected ] or a value; the array opened"
                                        + " at line 2, column 15 is unclosed")),
                arguments(
                        "port = 1\nport = 2",
                        List.of("line 2, column 1: not TOML: port previously defined at line 1, column 1")));
    }

    @ParameterizedTest
    @MethodSource("brokenFiles")
    void eachMistakeInTheFileIsToldWithItsLine(String content, List<String> told) throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), content);

        assertThat(problems(Sources.file(file)))
                .containsExactlyElementsOf(
                        told.stream().map(problem -> file + " " + problem).toList());
    }

    static Stream<Arguments> brokenProperties() {
        return Stream.of(
                arguments(
                        "flexo.conect_timeout",
                        "3000",
                        "system property flexo.conect_timeout: conect_timeout: unknown setting; did you mean"
                                + " flexo.connect_timeout?"),
                arguments("flexo.xyz", "3000", "system property flexo.xyz: xyz: unknown setting"),
                arguments(
                        "flexo.mirrors_auto.time-out",
                        "3000",
                        "system property flexo.mirrors_auto.time-out: mirrors_auto.time-out: unknown setting; did you mean"
                                + " flexo.mirrors_auto.timeout?"),
                arguments(
                        "flexo.config_file",
                        "flexo.toml",
                        "system property flexo.config_file: config_file = \"flexo.toml\": expected an absolute path"),
                arguments(
                        "flexo.config_file",
                        "/nonexistent/x.toml",
                        "/nonexistent/x.toml: the configuration file does not exist"),
                arguments(
                        "flexo.mirrors_predefined",
                        "[\"https://a.example/\"",
                        "system property flexo.mirrors_predefined: mirrors_predefined = \"[\"https://a.example/\"\": expected"
                                + " a TOML array such as [\"a\", \"b\"], or a list with commas, of "
                                + URL.substring("expected ".length())),
                arguments(
                        "flexo.mirrors_predefined",
                        "https://a.example/,b.example",
                        "system property flexo.mirrors_predefined: mirrors_predefined = \"b.example\": " + URL),
                arguments(
                        "flexo.provisional_mirror",
                        "https://u:s3cret@host/?key=s3cret",
                        "system property flexo.provisional_mirror: provisional_mirror = \"https://***@host/?***\": "
                                + URL),
                arguments(
                        "flexo.provisional_mirror",
                        "htps://u:s3/cr@t@host/",
                        "system property flexo.provisional_mirror: provisional_mirror = \"htps://***@host/\": " + URL),
                arguments(
                        "flexo.provisional_mirror",
                        "u:s3cret@host",
                        "system property flexo.provisional_mirror: provisional_mirror = \"***@host\": " + URL),
                arguments(
                        "flexo.mirrors_predefined",
                        "[\"https://a/\", \"https://u:s3cret@b/\"",
                        "system property flexo.mirrors_predefined: mirrors_predefined = \"[\"https://***@b/\"\": expected a TOML"
                                + " array such as [\"a\", \"b\"], or a list with commas, of "
                                + URL.substring("expected ".length())),
                arguments(
                        "flexo.custom_repo",
                        "x@htp://u:s3cret@host/",
                        "system property flexo.custom_repo: custom_repo = \"x@htp://***@host/\": " + REPOSITORY_URL));
    }

    @ParameterizedTest
    @MethodSource("brokenProperties")
    void eachMistakeInASystemPropertyIsTold(String name, String value, String told) {
        assertThat(problems(Sources.properties(Map.of(name, value)))).containsExactly(told);
    }

    @Test
    void aPasswordThatACommaTearsApartIsNotShown() {
        assertThat(problems(Sources.properties(Map.of("flexo.mirrors_predefined", "https://u:s3c,ret@a.example/"))))
                .allSatisfy(problem -> assertThat(problem)
                        .contains("(not shown, it may hold a password)")
                        .doesNotContain("s3c")
                        .doesNotContain("ret@"));
    }

    @Test
    void allMistakesOfAllSourcesAreToldAtOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), "\n\nport = 0\nlow_sped_limit = 1\n");

        assertThatThrownBy(() -> FlexoConfig.load(new SettingSources(
                        Map.of("flexo.num_versions_retain", "many"),
                        Map.of("FLEXO_CONNECT_TIMEOUT", "abc"),
                        Map.of("flexo.mirrors_auto.ipv6", "maybe", "flexo.cash_directory", "/srv"),
                        file)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage("""
                        The configuration has 6 mistakes:
                          context parameter flexo.cash_directory: cash_directory: unknown setting; did you mean \
                        flexo.cache_directory?
                          FILE line 4: low_sped_limit: unknown setting; did you mean low_speed_limit?
                          FILE line 3: port = "0": expected a port number from 1 to 65535
                          environment variable FLEXO_CONNECT_TIMEOUT: connect_timeout = "abc": CONNECT
                          system property flexo.num_versions_retain: num_versions_retain = "many": expected a whole number from \
                        0 (all are kept) to 1000000
                          context parameter flexo.mirrors_auto.ipv6: mirrors_auto.ipv6 = "maybe": expected true or false""".replace("FILE", file.toString()).replace(": CONNECT", ": " + CONNECT));
    }

    @Test
    void aValueOfManyLinesIsToldInOne() {
        assertThat(problems(Sources.properties(Map.of("flexo.port", "1\n\u001b[31mall is well"))))
                .containsExactly(
                        "system property flexo.port: port = \"1 [31mall is well\": expected a port number from 1 to"
                                + " 65535");
    }

    @Test
    void oneMistakeIsToldInTheSingular() {
        assertThatThrownBy(() -> FlexoConfig.load(Sources.properties(Map.of("flexo.port", "x"))))
                .hasMessage("The configuration has a mistake:\n"
                        + "  system property flexo.port: port = \"x\": expected a port number from 1 to 65535");
    }

    @Test
    void whatABrokenFileMayHoldIsNotMissed() throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), "mirrors_predefined = [\"https://a/\"\n");

        assertThat(problems(new SettingSources(
                        Map.of(), Map.of("FLEXO_MIRROR_SELECTION_METHOD", "predefined"), Map.of(), file)))
                .singleElement()
                .asString()
                .startsWith(file + " line ");
    }

    @Test
    void aFileThatIsNotTextIsTold() throws Exception {
        Path file = Files.write(folder.resolve("flexo.toml"), "a = \"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(problems(Sources.file(file))).containsExactly(file + ": is not UTF-8 text, as TOML must be");
    }

    @Test
    void aDirectoryInPlaceOfTheFileIsTold() {
        assertThat(problems(Sources.file(folder)))
                .containsExactly(folder
                        + ": the configuration file cannot be read (it is no regular file); it must be a file of at most 262144"
                        + " bytes that the user " + System.getProperty("user.name")
                        + " may read, in directories that this user may enter");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPipeOrADeviceOrAHugeFileInPlaceOfTheFileIsTold() throws Exception {
        Path huge = Files.writeString(folder.resolve("huge.toml"), "# \n".repeat(100_000));

        for (Path none : List.of(pipe(), Path.of("/dev/zero"), huge)) {
            assertThat(problems(Sources.file(none)))
                    .singleElement()
                    .asString()
                    .startsWith(none + ": the configuration file cannot be read");
        }
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPipeInPlaceOfASecretIsTold() throws Exception {
        Path pipe = pipe();

        assertThat(problems(Sources.properties(Map.of("flexo.admin_token_file", pipe.toString()))))
                .singleElement()
                .asString()
                .contains(pipe.toString(), "this is no regular file");
    }

    private Path pipe() throws Exception {
        Programs.require("mkfifo");
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    @Test
    void aFileThatCannotBeLookedAtIsNotTakenToBeAbsent() throws Exception {
        // Root may look into every directory, but not through a circle of links.
        Path circle = Files.createSymbolicLink(folder.resolve("flexo"), folder.resolve("flexo"));

        assertThat(problems(Sources.file(circle.resolve("flexo.toml"))))
                .singleElement()
                .asString()
                .startsWith(circle.resolve("flexo.toml") + ": the configuration file cannot be read");
    }

    @Test
    void aLinkToAFileThatIsGoneIsTold() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("flexo.toml"), folder.resolve("gone"));

        assertThat(problems(Sources.file(link))).containsExactly(link + ": the configuration file does not exist");
    }

    private static List<String> problems(SettingSources sources) {
        InvalidConfigException refusal =
                catchThrowableOfType(InvalidConfigException.class, () -> FlexoConfig.load(sources));
        assertThat(refusal).as("refusal").isNotNull();
        return refusal.problems().stream().map(Problem::toString).toList();
    }

    @Test
    void inlineTableThatDoesNotEndIsAMistake() throws Exception {
        String text = "[{name = \"arm\", url = \"http://a.example\"";
        Path file = Files.writeString(folder.resolve("flexo.toml"), "custom_repo = " + text);

        assertThat(problems(Sources.file(file))).hasSize(1).first().asString().contains("not TOML");
        assertThat(problems(Sources.properties(Map.of("flexo.custom_repo", text))))
                .hasSize(1)
                .first()
                .asString()
                .contains("custom_repo: expected tables");
    }
}
