package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Debian's packaged Tomcat under its own systemd unit, with another application in it, into which the WAR is dropped. */
@SuppressWarnings("try") // The mirror is there to be closed in the end.
class DebianTomcatIT {
    private static final String TOMCAT = "http://127.0.0.1:8080/";
    private static final String DATABASE = "core/os/x86_64/core.db";
    /** Where Tomcat keeps what it makes of the other application's pages; systemd calls the top CACHE_DIRECTORY. */
    private static final String WORK = "/var/cache/tomcat10/";

    private static final String COMPILED_PAGE = "Catalina/localhost/other/org/apache/jsp/index_jsp.java";
    private static final String PLANTED_PAGE = "Catalina/localhost/other/org/apache/jsp/second_jsp.class";
    /** Of ten, as the shipped drop-in leaves it. */
    private static final double WORST_EXPOSURE = 3.5;

    private static final String SECRET = "a password of the other application";

    @ScratchFolder
    Path folder;

    private Path mirror;

    @BeforeEach
    void mirror() throws IOException {
        mirror = folder.resolve("mirror");
        put(DATABASE, Files.readAllBytes(ArchMirror.pristine().file(DATABASE)));
        put(PLANTED_PAGE, "a class that the mirror would like to run".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void neitherServesNorWritesWhatBelongsToAnotherApplication() throws Exception {
        try (DebianHost host = host("");
                RunningCommand served = serveMirror(host)) {
            host.boot(TOMCAT + "flexo/" + DATABASE, 200);
            assertThat(host.get(TOMCAT + "other/index.jsp").body()).contains("the other application");
            assertThat(host.file(WORK + COMPILED_PAGE))
                    .as("the page, compiled, lies beside the cache")
                    .content()
                    .contains(SECRET);

            for (String below : List.of("", "flexo/", "../")) {
                DebianHost.Answer source = host.get(TOMCAT + "flexo/" + below + COMPILED_PAGE);
                assertThat(source.status()).as(below).isGreaterThanOrEqualTo(400);
                assertThat(source.body()).doesNotContain(SECRET);
            }
            host.get(TOMCAT + "flexo/" + PLANTED_PAGE);

            assertThat(host.file(WORK + PLANTED_PAGE)).doesNotExist();
            assertThat(host.file(WORK + "flexo/" + DATABASE)).isRegularFile();
            assertThat(host.get(TOMCAT + "other/index.jsp").status()).isEqualTo(200);
        }
    }

    @Test
    void shippedDropInAndPatchGiveItDirectoriesAndBounds() throws Exception {
        try (DebianHost host = host("");
                RunningCommand served = serveMirror(host)) {
            host.install(Path.of("deploy/tomcat/flexo.conf"), "/etc/systemd/system/tomcat10.service.d/flexo.conf");
            Command.of(
                            Machine.program("patch"),
                            host.file("/etc/tomcat10/server.xml"),
                            "deploy/tomcat/server.xml.patch")
                    .run(folder.resolve("patch.log"))
                    .succeeded();

            host.boot(TOMCAT + "flexo/" + DATABASE, 200);

            assertThat(host.file("/var/cache/flexo/" + DATABASE)).isRegularFile();
            assertThat(host.file("/var/lib/flexo/admin_token")).isRegularFile();
            assertThat(host.file(WORK + "flexo")).doesNotExist();
            assertThat(host.get(TOMCAT + "other/index.jsp").status()).isEqualTo(200);
            assertThat(host.exposure("tomcat10.service")).isLessThanOrEqualTo(WORST_EXPOSURE);

            host.run("systemctl", "stop", "tomcat10").succeeded();
            assertThat(host.run("systemctl", "show", "tomcat10", "--value", "-p", "Result")
                            .output())
                    .isEqualTo("success\n");
        }
    }

    /** docs/upgrade.md. */
    @Test
    @Tag("long")
    void newVersionBesideTheOldOneBreaksNoDownload() throws Exception {
        String file = "extra/os/x86_64/big-1-1-any.pkg.tar.zst";
        byte[] content = new byte[24 << 20];
        new Random(1).nextBytes(content);
        put(file, content);
        String webapps = "/var/lib/tomcat10/webapps/";
        try (DebianHost host = host("");
                RunningCommand served = serveMirror(host)) {
            Files.move(host.file(webapps + "flexo.war"), host.file(webapps + "flexo##001.war"));
            host.boot(TOMCAT + "flexo/" + DATABASE, 200);
            try (RunningCommand slow = host.inNetwork(Command.of("curl", "-sSf", "--limit-rate", "600k")
                            .and(List.of("-o", folder.resolve("slow").toString(), TOMCAT + "flexo/" + file)))
                    .start(folder.resolve("slow.log"))) {
                Files.copy(Machine.war(), host.file(webapps + "flexo##002.war"));
                Awaitility.await("the new version serves beside the old one")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> {
                            assertThat(host.get(TOMCAT + "flexo/" + DATABASE).status())
                                    .isEqualTo(200);
                            return Files.isDirectory(host.file(webapps + "flexo##002/WEB-INF"))
                                    && host.run("journalctl", "-u", "tomcat10", "-o", "cat")
                                            .output()
                                            .contains("flexo##002.war] has finished");
                        });
                assertThat(slow.isRunning()).as("the download still runs").isTrue();
                slow.await(Duration.ofMinutes(2)).succeeded();
            }
            assertThat(folder.resolve("slow")).hasBinaryContent(content);
            Files.delete(host.file(webapps + "flexo##001.war"));
            Awaitility.await("the old version is gone")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !Files.exists(host.file(webapps + "flexo##001")));
            assertThat(host.get(TOMCAT + "flexo/" + DATABASE).status()).isEqualTo(200);
        }
    }

    @Test
    void refusesADirectoryOfTomcatsAndHealsWhenTheSettingIsMended() throws Exception {
        try (DebianHost host = host("cache_directory = \"/var/cache/tomcat10/packages\"\n");
                RunningCommand served = serveMirror(host)) {
            host.boot(TOMCAT + "flexo/" + DATABASE, 503);

            assertThat(host.get(TOMCAT + "flexo/" + DATABASE).body())
                    .contains("cache_directory = \"/var/cache/tomcat10/packages\"", "the container's work");
            assertThat(host.file(WORK + "packages")).doesNotExist();
            assertThat(host.get(TOMCAT + "other/index.jsp").status()).isEqualTo(200);

            host.write("/etc/flexo/flexo.toml", settings(""));

            Awaitility.await("the mended setting counts")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> host.get(TOMCAT + "flexo/" + DATABASE).status() == 200);
        }
    }

    /** A host that is switched off, with the WAR and another application in its Tomcat. */
    private DebianHost host(String setting) throws IOException {
        DebianHost host = DebianHost.prepare(folder.resolve("host"));
        Files.copy(Machine.war(), host.file("/var/lib/tomcat10/webapps/flexo.war"));
        host.write("/var/lib/tomcat10/webapps/other/index.jsp", """
                <%% String password = "%s"; %%>the other application""".formatted(SECRET));
        host.write("/etc/flexo/flexo.toml", settings(setting));
        return host;
    }

    private static String settings(String more) {
        return more + """
                mirror_selection_method = "predefined"
                mirrors_predefined = ["http://127.0.0.1:9101/"]
                archive_fallback = false
                """;
    }

    private RunningCommand serveMirror(DebianHost host) {
        return host.inNetwork(Command.of(Machine.program("python3"), "-m", "http.server", "9101")
                        .and(List.of("--bind", "127.0.0.1", "--directory", mirror.toString())))
                .start(folder.resolve("mirror.log"));
    }

    private void put(String path, byte[] content) throws IOException {
        Path file = mirror.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }
}
