package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built archive, run as {@code java -jar flexo.war} by a person or by systemd. */
class ExecutableWarIT {
    private static final Path THIS_JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Duration REFUSAL = Duration.ofSeconds(60);
    private static final int MISCONFIGURED = 78;
    private static final int KILLED_BY_SIGTERM = 128 + 15;

    @TempDir
    private Path folder;

    private int port;
    private String root;

    @BeforeEach
    void choosePort() throws IOException {
        port = Machine.freePort();
        root = "http://127.0.0.1:" + port + "/";
    }

    @Test
    void servesAndStopsTheApplicationOnSigterm() throws Exception {
        servesAndStopsTheApplicationOnSigterm(THIS_JAVA);
    }

    @Test
    void servesAndStopsOnJava25() throws Exception {
        servesAndStopsTheApplicationOnSigterm(java25());
    }

    private void servesAndStopsTheApplicationOnSigterm(Path java) throws Exception {
        try (LaunchedWar flexo = start(java, "home", Map.of())) {
            flexo.awaitServing(root);
            flexo.terminate();

            assertThat(flexo.exitCode(STOP)).isEqualTo(KILLED_BY_SIGTERM);
            assertThat(flexo.output())
                    .contains("Ready at " + root)
                    .as("the container stops its applications first, and the last line is not lost")
                    .contains("flexo.launch: Stopped.")
                    .as("Tomcat's and Java's complaints")
                    .doesNotContain("SEVERE", "failed to stop it", "WARNING: ", "JULI");
        }
    }

    @Test
    void answersToHostNamesWithAnUnderscoreAndRefusesBrokenRequestsWithoutAVersion() throws Exception {
        try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of())) {
            flexo.awaitServing(root);

            assertThat(statusFor("arch_cache:" + port)).isEqualTo(200);
            assertThat(statusFor("_")).isEqualTo(200);
            assertThat(statusFor("arch_cache:port")).isEqualTo(400);
            assertThat(statusFor("arch_cache/..")).isEqualTo(400);
            RawResponse refused = responseTo("GET /core/%zz HTTP/1.1\r\nHost: a");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text()).doesNotContainIgnoringCase("tomcat").doesNotContain("\tat ");
        }
    }

    private int statusFor(String host) throws IOException {
        return responseTo("GET /status HTTP/1.1\r\nHost: " + host).status();
    }

    private RawResponse responseTo(String head) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.send(head + "\r\n\r\n");
            return client.readResponse();
        }
    }

    @Test
    void javaThatLacksAModuleIsToldOf() throws Exception {
        String modules = "--limit-modules=java.se,jdk.crypto.ec,jdk.management,jdk.unsupported,jdk.zipfs";
        try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of("JDK_JAVA_OPTIONS", modules))) {
            assertThat(flexo.exitCode(REFUSAL)).isEqualTo(MISCONFIGURED);
            assertThat(flexo.output())
                    .contains("The Java runtime: it lacks the module jdk.net")
                    .doesNotContain("NoClassDefFoundError");
        }
    }

    @Test
    void secondOneOnTheSamePortRefusesAndLeavesTheFirstAlone() throws Exception {
        try (LaunchedWar first = start(THIS_JAVA, "home", Map.of())) {
            first.awaitServing(root);
            Map<Path, Object> before = files(folder.resolve("home/.flexo/tomcat"));

            for (String home : new String[] {"home", "other-home"}) {
                try (LaunchedWar second = start(THIS_JAVA, home, Map.of())) {
                    assertThat(second.exitCode(REFUSAL)).isEqualTo(1);
                    assertThat(second.output().lines().toList().get(1))
                            .startsWith("Flexo cannot start: it cannot listen at " + root + " (Address already in use")
                            .contains("FLEXO_PORT");
                    assertThat(second.output().lines()).hasSize(2);
                }
            }
            assertThat(files(folder.resolve("home/.flexo/tomcat"))).isEqualTo(before);
            assertThat(LaunchedWar.get(root + "status")).isEqualTo(200);
        }
    }

    @Test
    void secondOneInANamedDirectoryRefuses() throws Exception {
        String base = folder.resolve("base").toString();
        try (LaunchedWar first = start(THIS_JAVA, "home", Map.of("CATALINA_BASE", base))) {
            first.awaitServing(root);
            try (LaunchedWar second = start(THIS_JAVA, "home", Map.of("CATALINA_BASE", base))) {
                assertThat(second.exitCode(REFUSAL)).isEqualTo(1);
                assertThat(second.output().lines())
                        .containsExactly("Flexo cannot start: another Flexo already runs in " + base
                                + ". Stop it, or choose another CATALINA_BASE.");
            }
        }
    }

    @Test
    void twoPortsOfOneUserDoNotDisturbEachOther() throws Exception {
        int otherPort = Machine.freePort();
        try (LaunchedWar first = start(THIS_JAVA, "home", Map.of());
                LaunchedWar second = LaunchedWar.start(
                        THIS_JAVA,
                        folder.resolve("home"),
                        otherPort,
                        Map.of(
                                "FLEXO_CACHE_DIRECTORY",
                                folder.resolve("other-cache").toString()))) {
            first.awaitServing(root);
            second.awaitServing("http://127.0.0.1:" + otherPort + "/");
            second.terminate();
            assertThat(second.exitCode(STOP)).isEqualTo(KILLED_BY_SIGTERM);
            assertThat(LaunchedWar.get(root + "status")).isEqualTo(200);
        }
    }

    @Test
    void startsAgainAfterACrash() throws Exception {
        try (LaunchedWar crashing = start(THIS_JAVA, "home", Map.of())) {
            crashing.awaitServing(root);
        }
        // As a crash while the archive was being unpacked would leave it; Tomcat alone would run what is there.
        Path webXml = folder.resolve("home/.flexo/tomcat/webapps/ROOT/WEB-INF/web.xml");
        Files.delete(webXml);

        try (LaunchedWar again = start(THIS_JAVA, "home", Map.of())) {
            again.awaitServing(root);
            assertThat(webXml).exists();
        }
    }

    @Test
    void configurationOfTheAdministratorIsUsedUntouched() throws Exception {
        Path base = folder.resolve("base");
        unpackConfiguration(base.resolve("conf"));
        Path serverXml = base.resolve("conf/server.xml");
        Files.writeString(
                serverXml, Files.readString(serverXml).replace("${FLEXO_LISTEN_IP_ADDRESS:-127.0.0.1}", "127.0.0.3"));
        Map<Path, Object> before = files(base.resolve("conf"));

        String ownRoot = "http://127.0.0.3:" + port + "/";
        try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of("CATALINA_BASE", base.toString()))) {
            flexo.awaitServing(ownRoot);
            assertThat(LaunchedWar.get(root + "status")).isEqualTo(-1);
            flexo.terminate();
            assertThat(flexo.exitCode(STOP)).isEqualTo(KILLED_BY_SIGTERM);
        }
        assertThat(files(base.resolve("conf"))).isEqualTo(before);
        assertThat(folder.resolve("home/.flexo")).doesNotExist();
    }

    @Test
    void brokenConfigurationEndsTheProcess() throws Exception {
        Path base = folder.resolve("base");
        Files.createDirectories(base.resolve("conf"));
        Files.writeString(base.resolve("conf/server.xml"), "<Server>");
        try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of("CATALINA_BASE", base.toString()))) {
            assertThat(flexo.exitCode(REFUSAL)).isEqualTo(1);
            assertThat(flexo.output().lines().reduce((earlier, later) -> later))
                    .hasValue("Flexo cannot start: Tomcat cannot read " + base
                            + "/conf/server.xml; the lines above say where it is wrong.");
        }
    }

    @Test
    void applicationThatDoesNotStartEndsTheProcess() throws Exception {
        Path base = folder.resolve("base");
        unpackConfiguration(base.resolve("conf"));
        Files.writeString(base.resolve("conf/Catalina/localhost/ROOT.xml"), "<Context docBase='/nowhere/flexo.war'/>");
        try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of("CATALINA_BASE", base.toString()))) {
            assertThat(flexo.exitCode(REFUSAL)).isEqualTo(1);
            assertThat(flexo.output())
                    .endsWith("Flexo cannot start: the web application at '/' did not start; the lines above say why."
                            + System.lineSeparator());
        }
    }

    @Test
    void listensOnlyAtTheAddressItIsGiven() throws Exception {
        try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of("FLEXO_LISTEN_IP_ADDRESS", "127.0.0.2"))) {
            flexo.awaitServing("http://127.0.0.2:" + port + "/");
            assertThat(LaunchedWar.get(root + "status")).isEqualTo(-1);
        }
    }

    @Test
    void wrongAddressIsRefusedInsteadOfListeningEverywhere() throws Exception {
        for (String address : new String[] {"no address", "256.1.1.1.1"}) {
            try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of("FLEXO_LISTEN_IP_ADDRESS", address))) {
                assertThat(flexo.exitCode(REFUSAL)).isEqualTo(MISCONFIGURED);
                assertThat(flexo.output()).contains("listen_ip_address = \"" + address + "\": expected ");
            }
        }
    }

    @Test
    void portAndAddressOfTheFileAndOfSystemPropertiesCount() throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), "port = 1\nlisten_ip_address = \"127.0.0.4\"\n");
        Map<String, String> variables = Map.of(
                "FLEXO_PORT", "", "FLEXO_CONFIG_FILE", file.toString(), "JAVA_TOOL_OPTIONS", "-Dflexo.port=" + port);
        try (LaunchedWar flexo = start(THIS_JAVA, "home", variables)) {
            flexo.awaitServing("http://127.0.0.4:" + port + "/");
            assertThat(flexo.output())
                    .contains(
                            "Settings are read from " + file + "; system properties flexo.port; environment variables")
                    .doesNotContain("have no effect here");
        }
        Files.writeString(file, "port = " + port);
        try (LaunchedWar flexo =
                start(THIS_JAVA, "home", Map.of("FLEXO_PORT", "", "FLEXO_CONFIG_FILE", file.toString()))) {
            flexo.awaitServing(root);
        }
    }

    @Test
    void wrongSettingsEndItWithTheWholeListAndACodeOfTheirOwn() throws Exception {
        Path file =
                Files.writeString(folder.resolve("flexo.toml"), "connect_timeout = \"soon\"\nport = 0\nprot = 80\n");
        try (LaunchedWar flexo =
                start(THIS_JAVA, "home", Map.of("FLEXO_PORT", "", "FLEXO_CONFIG_FILE", file.toString()))) {
            assertThat(flexo.exitCode(REFUSAL)).isEqualTo(MISCONFIGURED);
            assertThat(flexo.output().lines())
                    .hasSize(4)
                    .startsWith("Flexo cannot start: The configuration has 3 mistakes:")
                    .anyMatch(line -> line.contains("line 1: connect_timeout = \"soon\": expected"))
                    .anyMatch(line -> line.contains("line 2: port = \"0\": expected"))
                    .anyMatch(line -> line.contains("line 3: prot: unknown setting"));
        }
    }

    @Test
    void whatOnlyTheApplicationFindsWrongEndsItTheSameWay() throws Exception {
        Path base = folder.resolve("base");
        unpackConfiguration(base.resolve("conf"));
        Path context = base.resolve("conf/Catalina/localhost/ROOT.xml");
        Files.writeString(
                context,
                Files.readString(context)
                        .replace("/>", "><Parameter name=\"flexo.connect_timeout\" value=\"soon\"/></Context>"));
        try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of("CATALINA_BASE", base.toString()))) {
            assertThat(flexo.exitCode(REFUSAL)).isEqualTo(MISCONFIGURED);
            assertThat(flexo.output())
                    .contains("Flexo cannot start: The configuration has a mistake:\n"
                            + "  context parameter flexo.connect_timeout: connect_timeout = \"soon\"");
        }
    }

    @Test
    void settingsAreCheckedWithoutAStart() throws Exception {
        Path right = Files.writeString(folder.resolve("right.toml"), "connect_timeout = 2000");
        Path wrong = Files.writeString(folder.resolve("wrong.toml"), "connect_timeout = \"soon\"");
        Path damaged = Files.writeString(folder.resolve("damaged.pem"), "no certificate");
        try (LaunchedWar serving = start(THIS_JAVA, "home", Map.of("FLEXO_CONFIG_FILE", right.toString()))) {
            serving.awaitServing(root);

            assertAnswer(0, "The settings are valid. They are read from " + right, "--check", right.toString());
            assertAnswer(1, wrong + " line 1: connect_timeout = \"soon\": expected", "--check", wrong.toString());
            assertAnswer(
                    1, "does not exist", "--check", folder.resolve("none.toml").toString());
            assertAnswer(0, "The settings are valid.", "--check");
        }
        Path pem = Files.writeString(folder.resolve("pem.toml"), "ca_certificates = [\"" + damaged + "\"]");
        assertAnswer(1, damaged.toString(), "--check", pem.toString());
        Path foreign = Files.createDirectory(folder.resolve("foreign"));
        Files.writeString(foreign.resolve("secrets.txt"), "somebody else's");
        try (LaunchedWar check =
                start(THIS_JAVA, "asked", Map.of("FLEXO_CACHE_DIRECTORY", foreign.toString()), "--check")) {
            assertThat(check.exitCode(REFUSAL)).isEqualTo(1);
            assertThat(check.output()).contains("cache_directory = \"" + foreign + "\"", "secrets.txt");
        }
        Path work = folder.resolve("base").resolve("work").resolve("packages");
        try (LaunchedWar check = start(
                THIS_JAVA,
                "asked",
                Map.of("CATALINA_BASE", folder.resolve("base").toString(), "FLEXO_CACHE_DIRECTORY", work.toString()),
                "--check")) {
            assertThat(check.exitCode(REFUSAL)).isEqualTo(1);
            assertThat(check.output()).contains("cache_directory = \"" + work + "\"", "the container's");
        }
        try (LaunchedWar check = start(THIS_JAVA, "checking", Map.of(), "--check")) {
            assertThat(check.exitCode(REFUSAL)).isZero();
        }
        try (Stream<Path> created = Files.list(folder.resolve("checking"))) {
            assertThat(created).as("what it created, beside its output").hasSize(1);
        }
    }

    @Test
    void itTellsHowItIsCalledItsVersionAndItsSettings() throws Exception {
        assertAnswer(0, "--check [FILE]", "--help");
        assertAnswer(0, "Flexo ", "--version");
        assertAnswer(0, "port = " + port + "  # environment variable FLEXO_PORT", "--print-settings");
        assertAnswer(64, "Flexo cannot start: '--port 80' is no argument of it.", "--port", "80");
    }

    private void assertAnswer(int exitCode, String text, String... arguments) throws Exception {
        try (LaunchedWar flexo = LaunchedWar.start(THIS_JAVA, folder.resolve("asked"), port, Map.of(), arguments)) {
            assertThat(flexo.exitCode(REFUSAL)).as(flexo::output).isEqualTo(exitCode);
            assertThat(flexo.output()).contains(text);
        }
    }

    @Test
    void listensEverywhereWhenAsked() throws Exception {
        try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of("FLEXO_LISTEN_IP_ADDRESS", "0.0.0.0"))) {
            flexo.awaitServing(root);
            flexo.awaitServing("http://127.0.0.2:" + port + "/");
        }
    }

    @Test
    void journalGetsThePriorityOfEachLine() throws Exception {
        try (LaunchedWar flexo = LaunchedWar.startIntoJournal(THIS_JAVA, folder.resolve("home"), port)) {
            flexo.awaitServing(root);
            assertThat(LaunchedWar.get(root + "core/os/x86_64/core.db")).isEqualTo(502);
            flexo.terminate();
            assertThat(flexo.exitCode(STOP)).isEqualTo(KILLED_BY_SIGTERM);

            assertThat(flexo.output().lines())
                    .allMatch(line -> line.matches("<[3467]>[a-z].*"))
                    .anyMatch(line -> line.startsWith("<6>flexo.launch: Ready at "))
                    .anyMatch(line ->
                            line.startsWith("<4>flexo.web.ServedRequest: 127.0.0.1 GET /core/os/x86_64/core.db 502"));
        }
    }

    @Test
    void itsOwnInsidesCannotBeDownloaded() throws Exception {
        try (LaunchedWar flexo = start(THIS_JAVA, "home", Map.of())) {
            flexo.awaitServing(root);
            for (String inside : new String[] {
                "flexo/launch/Main.class",
                "WEB-INF/web.xml",
                "WEB-INF/tomcat-conf/server.xml",
                "META-INF/MANIFEST.MF",
                "META-INF/war-tracker"
            }) {
                assertThat(LaunchedWar.get(root + inside)).as(inside).isGreaterThanOrEqualTo(400);
            }
        }
    }

    private LaunchedWar start(Path java, String home, Map<String, String> variables, String... arguments)
            throws IOException {
        return LaunchedWar.start(java, folder.resolve(home), port, variables, arguments);
    }

    private static void unpackConfiguration(Path conf) throws IOException {
        String inArchive = "WEB-INF/tomcat-conf/";
        try (JarFile war = new JarFile(System.getProperty("flexo.test.war"))) {
            for (JarEntry entry : war.stream()
                    .filter(e -> e.getName().startsWith(inArchive) && !e.isDirectory())
                    .toList()) {
                Path copy = conf.resolve(entry.getName().substring(inArchive.length()));
                Files.createDirectories(copy.getParent());
                Files.copy(war.getInputStream(entry), copy);
            }
        }
    }

    /** Every file with its time of change. */
    private static Map<Path, Object> files(Path tree) throws IOException {
        Map<Path, Object> files = new TreeMap<>();
        try (Stream<Path> content = Files.walk(tree)) {
            for (Path path : content.toList()) {
                files.put(path, Files.getLastModifiedTime(path));
            }
        }
        return files;
    }

    /** A Java 25 beside the one that runs this test. */
    private static Path java25() throws IOException {
        if (Runtime.version().feature() == 25) {
            return THIS_JAVA;
        }
        Optional<Path> found;
        try (Stream<Path> siblings =
                Files.list(Path.of(System.getProperty("java.home")).toRealPath().getParent())) {
            found = siblings.filter(path -> path.getFileName().toString().contains("25"))
                    .map(path -> path.resolve("bin").resolve("java"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
        if (found.isEmpty()) {
            String message = "needs Java 25, which is not installed beside " + System.getProperty("java.home");
            if (Boolean.getBoolean("flexo.test.require-programs")) {
                Assertions.fail(message + " (flexo.test.require-programs=true forbids skipping)");
            }
            Assumptions.abort(message);
        }
        return found.orElseThrow();
    }
}
