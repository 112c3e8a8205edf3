package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shipped files of nginx and httpd, unchanged, on a booted Debian host with Flexo behind them. */
class DebianProxyIT {
    /** A client that is not on the host itself, as Flexo and the web server see it. */
    private static final String ADDRESS = "192.168.77.2";

    private static final String SITE = "https://" + ADDRESS + "/";
    private static final String DATABASE = "core/os/x86_64/core.db";
    private static final String FOLDER = "extra/os/x86_64/";
    private static final String ORIGIN = "flexo-payload-origin";
    private static final Path HITS = Path.of("/var/log/flexo/hits.log");

    @ScratchFolder
    static Path folder;

    private static DebianHost host;
    private static RunningCommand mirror;

    /** A shipped file. */
    private enum Form {
        NGINX("nginx/flexo.conf", false),
        NGINX_FROM_DISK("nginx/flexo-from-disk.conf", true),
        HTTPD("httpd/flexo.conf", false),
        HTTPD_FROM_DISK("httpd/flexo-from-disk.conf", true);

        private final Path file;
        private final boolean fromDisk;
        private final String site;

        Form(String file, boolean fromDisk) {
            this.file = Path.of("deploy").resolve(file);
            this.fromDisk = fromDisk;
            this.site = isNginx() ? "/etc/nginx/conf.d/flexo.conf" : "/etc/apache2/sites-enabled/flexo.conf";
        }

        boolean isNginx() {
            return file.toString().contains("nginx");
        }
    }

    @BeforeAll
    static void boot() {
        ArchMirror arch = ArchMirror.pristine();
        host = DebianHost.bare(folder.resolve("host"));
        mirror = host.inNetwork(Command.of(Machine.program("python3"), "-m", "http.server", "9101")
                        .and(List.of("--bind", "127.0.0.1", "--directory", arch.folder() + "/mirror")))
                .start(folder.resolve("mirror.log"));
        host.inNetwork(Command.of("ip", "addr", "add", ADDRESS + "/32", "dev", "lo"))
                .run(folder.resolve("ip.log"))
                .succeeded();
        StandAlone.install(host);
        host.write("/etc/flexo/flexo.toml", settings("none"));
        host.install(Path.of("src/test/resources/flexo/tls/server.pem"), "/etc/ssl/flexo/flexo.pem");
        host.install(Path.of("src/test/resources/flexo/tls/server.key"), "/etc/ssl/flexo/flexo.key");
        host.boot("http://127.0.0.1:7878/" + DATABASE, 200);
        host.run("rm", "/etc/nginx/sites-enabled/default").succeeded();
        host.run("a2dissite", "-q", "000-default").succeeded();
        host.run("a2enmod", "-q", "ssl", "http2", "proxy_http", "macro", "rewrite", "xsendfile")
                .succeeded();
    }

    @AfterAll
    static void halt() {
        if (mirror != null) {
            mirror.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private static String settings(String handover) {
        return """
                mirror_selection_method = "predefined"
                mirrors_predefined = ["http://127.0.0.1:9101/"]
                archive_fallback = false
                hits_log = "/var/log/flexo/hits.log"
                file_handover = "%s"
                """.formatted(handover);
    }

    @ParameterizedTest
    @EnumSource
    void servesPackagesAndDatabasesOverTls(Form form) throws Exception {
        use(form);
        for (String name : List.of("0ad-a26-18-x86_64.pkg.tar.zst", "7zip-24.09-3-x86_64.pkg.tar.zst")) {
            byte[] expected = Files.readAllBytes(ArchMirror.pristine().file(FOLDER + name));
            for (int time = 0; time < 2; time++) {
                assertThat(get(FOLDER + name).body()).isEqualTo(text(expected));
            }
            DebianHost.Answer hit = get(FOLDER + name);
            assertThat(hit.head()).startsWith("HTTP/2 200");
            assertThat(hit.head().toLowerCase(Locale.ROOT).contains(ORIGIN))
                    .as("Flexo is asked for a hit")
                    .isEqualTo(!form.fromDisk);
            DebianHost.Answer range = host.curl("-k", "-r", "5-9", SITE + FOLDER + name);
            assertThat(range.status()).isEqualTo(206);
            assertThat(range.body()).isEqualTo(text(expected).substring(5, 10));
            DebianHost.Answer signature = get(FOLDER + name + ".sig");
            assertThat(signature.body())
                    .isEqualTo(text(Files.readAllBytes(ArchMirror.pristine().file(FOLDER + name + ".sig"))));
            assertThat(signature.head().toLowerCase(Locale.ROOT))
                    .as("signatures come from Flexo")
                    .contains(ORIGIN);
        }
        DebianHost.Answer database = get(DATABASE);
        assertThat(database.body())
                .isEqualTo(text(Files.readAllBytes(ArchMirror.pristine().file(DATABASE))));
        assertThat(database.head().toLowerCase(Locale.ROOT))
                .as("databases come from Flexo")
                .contains(ORIGIN);
        assertThat(get("status").status()).isEqualTo(200);
        assertThat(host.curl("http://" + ADDRESS + "/" + DATABASE).status()).isEqualTo(200);
        assertThat(get(FOLDER + "a+b:c~d@e-1%3A2-1-any.pkg.tar.zst").status())
                .as("names of all kinds reach the mirror")
                .isEqualTo(404);
        assertThat(host.run("journalctl", "-u", "flexo", "-o", "cat").output())
                .as("Flexo knows who asked")
                .contains(ADDRESS);
    }

    @ParameterizedTest
    @EnumSource
    void nobodySteersOrLooksInside(Form form) throws Exception {
        use(form);
        String token = "Authorization: Bearer "
                + Files.readString(host.file("/var/lib/flexo/admin_token")).strip();
        for (String path : List.of(
                "sweep",
                "sweep;x",
                "x/..;/sweep",
                "%73weep",
                "/sweep",
                "a/../sweep",
                "prefetch",
                "reset-metrics",
                "api/v1/drain")) {
            assertThat(host.curl("-k", "-X", "POST", "-H", token, SITE + path).status())
                    .as("POST " + path)
                    .isIn(400, 403);
        }
        for (String path : List.of("sweep", "metrics", "metrics/prometheus", "%6detrics")) {
            assertThat(get(path).status()).as(path).isEqualTo(403);
        }
        assertThat(get(".flexo-cache/").status()).isIn(403, 404);
        assertThat(get(FOLDER + ".hidden").status()).isIn(403, 404);
    }

    @ParameterizedTest
    @EnumSource
    void slowClientCostsNoDiskOfTheWebServer(Form form) throws Exception {
        use(form);
        String name = largePackage();
        // What is not there comes from Flexo in all forms.
        host.run("rm", "-f", "/var/cache/flexo/pkg/" + FOLDER + name).succeeded();
        try (RunningCommand slow = host.inNetwork(Command.of("curl", "-sk", "--limit-rate", "200k", "-o", "/dev/null")
                        .and(List.of(SITE + FOLDER + name)))
                .start(folder.resolve("slow.log"))) {
            Path cached = host.file("/var/cache/flexo/pkg/" + FOLDER + name);
            Awaitility.await("Flexo has the whole file")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(cached));
            assertThat(slow.isRunning()).isTrue();
            assertThat(host.run(
                                    "sh",
                                    "-c",
                                    "for p in $(pidof nginx apache2); do ls -l /proc/$p/fd; done | grep -e /tmp/ -e /var/lib/ -e /var/cache/")
                            .output())
                    .as("files that are open to buffer something")
                    .isEmpty();
        }
    }

    @Test
    void hitsFromDiskCountAsUses() throws Exception {
        use(Form.NGINX_FROM_DISK);
        String name = FOLDER + "7zip-24.09-3-x86_64.pkg.tar.zst";
        get(name);
        get(name);

        Awaitility.await("Flexo has read the log")
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> host.get("http://127.0.0.1:7878/metrics/prometheus")
                        .body()
                        .lines()
                        .anyMatch(line -> line.startsWith("flexo_web_server_hits_total ") && !line.endsWith(" 0")));
        assertThat(Files.readString(host.file(HITS.toString()))).contains("/" + name + "\n");
    }

    @Test
    void nginxSendsTheFileThatFlexoNames() throws Exception {
        use(Form.NGINX);
        Path site = host.file(Form.NGINX.site);
        Files.writeString(
                site,
                Files.readString(site)
                        .replace(
                                "    location = /status {",
                                Files.readString(Path.of("deploy/nginx/flexo-accel.conf"))
                                        + "    location = /status {"));
        host.run("systemctl", "reload", "nginx").succeeded();

        assertFilesAreHandedOver("X-Accel-Redirect");

        assertThat(get("flexo-cache/" + DATABASE).status()).isEqualTo(404);
    }

    @Test
    void httpdSendsTheFileThatFlexoNames() throws Exception {
        use(Form.HTTPD);
        Path site = host.file(Form.HTTPD.site);
        Files.writeString(
                site,
                Files.readString(site)
                        .replace(
                                "</Macro>",
                                Files.readString(Path.of("deploy/httpd/flexo-xsendfile.conf")) + "</Macro>"));
        host.run("systemctl", "reload", "apache2").succeeded();

        assertFilesAreHandedOver("X-Sendfile");
    }

    private static void assertFilesAreHandedOver(String header) throws Exception {
        String name = FOLDER + "0ad-a26-18-x86_64.pkg.tar.zst";
        String expected = text(Files.readAllBytes(ArchMirror.pristine().file(name)));
        get(name);
        try {
            host.write("/etc/flexo/flexo.toml", settings(header));
            Awaitility.await("the setting counts")
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            host.get("http://127.0.0.1:7878/" + name).head().contains(header));

            DebianHost.Answer whole = get(name);
            assertThat(whole.status()).isEqualTo(200);
            assertThat(whole.body()).isEqualTo(expected);
            assertThat(whole.head().toLowerCase(Locale.ROOT)).doesNotContain(header.toLowerCase(Locale.ROOT));
            DebianHost.Answer range = host.curl("-k", "-r", "5-9", SITE + name);
            assertThat(range.status()).isEqualTo(206);
            assertThat(range.body()).isEqualTo(expected.substring(5, 10));
            DebianHost.Answer known =
                    host.curl("-k", "-H", "If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT", SITE + name);
            assertThat(known.status()).isEqualTo(304);
        } finally {
            host.write("/etc/flexo/flexo.toml", settings("none"));
            Awaitility.await("the setting counts no more")
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            !host.get("http://127.0.0.1:7878/" + name).head().contains(header));
        }
    }

    /** Serves by this file alone, as it is shipped. */
    private static void use(Form form) throws IOException {
        host.run("systemctl", "stop", "nginx", "apache2").succeeded();
        for (Form other : Form.values()) {
            Files.deleteIfExists(host.file(other.site));
        }
        Files.copy(form.file, host.file(form.site), StandardCopyOption.REPLACE_EXISTING);
        host.run("systemctl", "start", form.isNginx() ? "nginx" : "apache2").succeeded();
    }

    private static String largePackage() throws IOException {
        try (Stream<Path> files = Files.list(ArchMirror.pristine().file(FOLDER))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.startsWith(Packages.LARGE) && file.endsWith(".zst"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static DebianHost.Answer get(String path) {
        return host.curl("-k", SITE + path);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
