package flexo.scenario;

import static flexo.scenario.Answers.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import org.assertj.core.api.SoftAssertions;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people and browsers are told who ask for no file. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class FrontDoorIT {
    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false, order = 1)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @Deployment(name = FlexoWar.FLEXO, managed = false, testable = false, order = 2)
    static WebArchive underItsOwnName() {
        return FlexoWar.named(FlexoWar.FLEXO);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
    }

    private void deployUnderItsOwnName() {
        scenario.set("mirrors_predefined", mirror.url());
        scenario.deploy(FlexoWar.FLEXO);
    }

    @Test
    void contextWithoutItsSlashIsRedirected() throws Exception {
        deployUnderItsOwnName();

        RawResponse answer = scenario.get("/flexo");

        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.header("Location")).endsWith("/flexo/").doesNotStartWith("//");
        assertThat(scenario.client().head("/flexo").status()).isEqualTo(302);
        assertThat(scenario.get("/flexo/").status()).isEqualTo(200);
        try (RawClient client = new RawClient(scenario.port())) {
            client.request("POST", "/flexo", "Content-Length: 0");
            assertError(client.readResponse(), 405);
        }
    }

    @Test
    void frontPageSaysWhatToWriteForTheNameThatWasUsed() throws Exception {
        deployUnderItsOwnName();

        assertThat(scenario.get("/flexo/").text())
                .contains("pacman", "\nServer = http://127.0.0.1:" + scenario.port() + "/flexo/$repo/os/$arch\n");
        RawResponse proxied = scenario.get(
                "/flexo/", "X-Forwarded-Host: packages.example", "X-Forwarded-Proto: https", "Accept: text/html");
        assertThat(proxied.header("Content-Type")).startsWith("text/html");
        assertThat(proxied.header("Vary")).contains("Accept");
        assertThat(proxied.text())
                .contains("<pre tabindex=\"0\">Server = https://packages.example/flexo/$repo/os/$arch</pre>");
        RawResponse hostile =
                scenario.get("/flexo/", "X-Forwarded-Host: <script>alert(1)</script>", "Accept: text/html");
        assertThat(hostile.text()).doesNotContain("alert(1)").contains("<pre tabindex=\"0\">Server = http://");
    }

    @Test
    void whatBrowsersAskForIsNotAskedOfMirrors() throws Exception {
        scenario.start(mirror);

        SoftAssertions soft = new SoftAssertions();
        for (String path : new String[] {"/", "/help", "/index.html", "/robots.txt"}) {
            soft.assertThat(scenario.get(path).status()).as(path).isEqualTo(200);
        }
        for (String path : new String[] {
            "/favicon.ico",
            "/apple-touch-icon.png",
            "/apple-touch-icon-120x120-precomposed.png",
            "/wp-login.php",
            "/site.webmanifest",
            "/sitemap.xml",
            "/.well-known/security.txt",
            "/.git/config",
            "/.error"
        }) {
            soft.assertThat(scenario.get(path).status()).as(path).isIn(403, 404);
        }
        soft.assertAll();
        assertThat(mirror.requests()).isEmpty();
        assertThat(scenario.cachedFiles()).isEmpty();
    }

    @Test
    void mistypedPathTellsWhatToWrite() throws Exception {
        scenario.start(mirror);

        for (String path : new String[] {
            "/core", "/x86_64", "/core/os", "/core/os/x86_64", "/core/os/x86_64/", "/core/x86_64/", "/aarch64/core/"
        }) {
            RawResponse answer = scenario.get(path);
            assertError(answer, 404);
            assertThat(answer.text())
                    .as(path)
                    .contains("mirrorlist", "Server = http://127.0.0.1:" + scenario.port() + "/$repo/os/$arch\n");
        }
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void pathOfAMirrorlistWithADirectoryOfItsMirrorTellsWhatToWrite() throws Exception {
        scenario.start(mirror);
        RawResponse answer = scenario.get("/archlinux/core/os/x86_64/core.db");

        assertError(answer, 404);
        assertThat(answer.text())
                .contains(
                        "Nothing belongs in front of core/os/x86_64.",
                        "Server = http://127.0.0.1:" + scenario.port() + "/$repo/os/$arch\n");
        assertThat(scenario.get("/core/x86_64/core.db").text()).contains("/$repo/os/$arch");
        assertThat(scenario.get("/x86_64/core/bash-1-1-any.pkg.tar.zst").text()).contains("/$repo/os/$arch");
        assertThat(scenario.get("/core/os/x86_64/absent-1-1-any.pkg.tar.zst").text())
                .doesNotContain("mirrorlist");
        assertThat(scenario.get("/iso/2026.01.01/arch/x86_64/absent.iso").text())
                .doesNotContain("mirrorlist");
    }

    @Test
    void mistypedMirrorlistTellsWhatToWriteWhenNoMirrorHasIt() throws Exception {
        scenario.start(mirror);

        for (String path : new String[] {"/core.db", "/core/core.db", "/core/a-1-1-any.pkg.tar.zst"}) {
            RawResponse answer = scenario.get(path);
            assertError(answer, 404);
            assertThat(answer.text()).as(path).contains("/$repo/os/$arch\n");
        }
        assertThat(scenario.get("/core/os/x86_64/core.db").text()).doesNotContain("$repo");
    }

    @Test
    void whatTheContainerRefusesShowsNeitherTraceNorVersion() throws Exception {
        scenario.start(mirror);

        try (RawClient client = new RawClient(scenario.port())) {
            client.request("TRACE", "/core/os/x86_64/core.db");
            assertWithoutContainer(client.readResponse(), 405);
        }
        try (RawClient client = new RawClient(scenario.port())) {
            client.request("POST", "/prefetch", Scenario.AS_ADMIN, "Transfer-Encoding: chunked");
            client.send("no chunk\r\n");
            assertWithoutContainer(client.readResponse(), 400);
        }
    }

    private static void assertWithoutContainer(RawResponse answer, int status) {
        assertError(answer, status);
        assertThat(answer.text()).doesNotContainIgnoringCase("tomcat").doesNotContain("\tat ", "Exception");
    }
}
