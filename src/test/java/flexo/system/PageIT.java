package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Chromium;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.Programs;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page in a real browser. */
class PageIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final String OTHER = "/extra/os/x86_64/zsh-5.9-5-x86_64.pkg.tar.zst";
    private static final String HOSTILE = "/core/os/x86_64/<img src=x onerror=document.title='bad'>.iso";
    private static final FileContent FILE = FileContent.seeded(1, 3_000_000);

    private static Chromium browser;

    @ScratchFolder
    Path folder;

    private ScriptedMirror first;
    private ScriptedMirror second;
    private FlexoServer flexo;

    @BeforeAll
    static void startBrowser() throws Exception {
        Programs.require(Chromium.PROGRAM);
        browser = Chromium.start();
    }

    @AfterAll
    static void stopBrowser() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        browser.beginAnew();
        first = new ScriptedMirror();
        second = new ScriptedMirror();
        for (ScriptedMirror mirror : List.of(first, second)) {
            mirror.file(PACKAGE, FILE).file(OTHER, FILE).file(HOSTILE, FILE);
        }
        flexo = FlexoServer.alone(folder.resolve("flexo"), List.of(URI.create(first.url()), URI.create(second.url())))
                .withAdminToken()
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {flexo, second, first}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private void open() {
        browser.open(flexo.url().toString());
        browser.await("document.querySelector('#connection').textContent === 'live'");
    }

    private void awaitText(String selector, String part) {
        Awaitility.await(selector + " says " + part)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(browser.text(selector)).contains(part));
    }

    private RawClient client() throws IOException {
        return new RawClient(flexo.url().getPort());
    }

    private void fetch(String path) throws IOException {
        try (RawClient client = client()) {
            assertThat(client.get(path).status()).isEqualTo(200);
        }
    }

    private void clickButton(String label) {
        browser.click("button[aria-label=\"" + label + "\"]");
    }

    private void useToken(String token) {
        browser.evaluate("document.querySelector('#token').focus()");
        browser.type(token);
        browser.click("#token-form button");
    }

    @Test
    void pageLoadsWithoutAnErrorAndAsksNobodyElse() throws Exception {
        fetch(PACKAGE);

        open();

        awaitText("#words", "Serving; 2 mirrors");
        awaitText("#mirror-rows", first.url().replaceFirst("/$", ""));
        awaitText("#tiles", "Downloaded");
        assertThat(browser.text(".copy pre")).isEqualTo("Server = " + flexo.url() + "$repo/os/$arch");
        for (String script : List.of("eval('1')", "new Function('return 1')()")) {
            assertThat(browser.evaluate("(() => { try { return " + script + "; } catch (e) { return e.name; } })()"))
                    .as("the policy is in force")
                    .isEqualTo("EvalError");
        }
        assertThat(browser.requests())
                .isNotEmpty()
                .allMatch(url -> url.startsWith(flexo.url().toString()));
        assertThat(browser.errors().stream().filter(error -> !error.contains("unsafe-eval")))
                .isEmpty();
    }

    @Test
    void progressMovesDuringADownload() throws Exception {
        Gate gate = new Gate(1_000_000);
        first.fault(PACKAGE, new Fault().cutAfter(600_000));
        second.fault(PACKAGE, new Fault().gate(gate));
        open();
        assertThat(browser.evaluate("document.querySelector('#no-downloads').hidden"))
                .isEqualTo(false);
        try (RawClient client = client()) {
            client.request("GET", PACKAGE);
            awaitText("#running", PACKAGE.substring(1));
            awaitText("#running", "53 % of 3.0 MB");
            awaitText("#running", "from " + second.url().replaceFirst("/$", ""));
            awaitText(
                    "#running .switches", "At byte 600,000 from " + first.url().replaceFirst("/$", ""));
            Number before = (Number) browser.evaluate("document.querySelector('#running progress').value");

            gate.allow(2_000_000);
            awaitText("#running", "86 % of 3.0 MB");
            assertThat(((Number) browser.evaluate("document.querySelector('#running progress').value")).doubleValue())
                    .isGreaterThan(before.doubleValue());
            gate.open();
            RawResponse whole = client.readResponse();
            assertThat(whole.status()).isEqualTo(200);
        }
        browser.await("document.querySelector('#running').children.length === 0");
        browser.click("#ended-part summary");
        awaitText("#ended", "whole, after 1 switch");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void sweepRunsWithTheTokenAndIsRefusedWithout() throws Exception {
        open();

        browser.click("#sweep");
        awaitText("#told", "This needs the admin token.");
        assertThat(browser.evaluate("document.activeElement.id")).isEqualTo("token");
        useToken("wrong");
        browser.click("#sweep");
        awaitText("#told", "This needs the admin token.");
        useToken(FlexoServer.AUTHORIZATION.substring("Bearer ".length()));
        browser.click("#sweep");
        awaitText("#told", "The sweep is done.");
        awaitText("#sweep-words", "The sweep has removed 0 files");
        browser.click("#dry-run");
        awaitText("#sweep-words", "A sweep would remove 0 files");
        browser.click("#all-settings summary");
        awaitText("#setting-rows", "mirror_selection_method");
        fetch(PACKAGE);
        browser.click("#clients-part summary");
        awaitText("#client-rows", "127.0.0.1");
        assertThat(Files.readString(flexo.log())).contains("POST /api/v1/sweep, by the admin token");
    }

    @Test
    void mirrorIsSteeredAndFilesAreFoundAndEvicted() throws Exception {
        fetch(PACKAGE);
        fetch(OTHER);
        open();
        useToken(FlexoServer.AUTHORIZATION.substring("Bearer ".length()));

        clickButton("Pin " + second.url());
        awaitText("#mirror-rows", "pinned");
        awaitText("#next-mirror", second.url() + ". It is pinned.");
        clickButton("Release " + second.url());
        browser.await("!document.querySelector('#mirror-rows').textContent.includes('pinned')");
        clickButton("Ban " + second.url());
        awaitText("#sure-words", "Ask " + second.url() + " no more?");
        browser.click("#sure-yes");
        awaitText("#mirror-rows", "banned");

        browser.evaluate("document.querySelector('#search-text').focus()");
        browser.type("ZLIB");
        browser.click("#search button");
        awaitText("#files", "1:1.3.1-2");
        assertThat(browser.text("#files")).doesNotContain("zsh");
        clickButton("Evict " + PACKAGE.substring(1));
        browser.click("#sure-yes");
        awaitText("#told", PACKAGE.substring(1) + " is gone.");
        assertThat(flexo.cache().resolve(PACKAGE.substring(1))).doesNotExist();
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void lostConnectionIsShownAndComesBackByItself() {
        open();

        flexo.stop();
        awaitText("#connection", "connection lost");
        flexo.start();
        browser.await("document.querySelector('#connection').textContent === 'live'");
        awaitText("#words", "Serving");
    }

    @Test
    void hostileNamesAreShownAsTheTextTheyAre() throws Exception {
        fetch(HOSTILE.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20"));
        open();
        browser.click("#ended-part summary");

        awaitText("#ended", "<img src=x onerror=document.title='bad'>.iso");
        browser.evaluate("document.querySelector('#search-text').focus()");
        browser.type("<img");
        browser.click("#search button");
        awaitText("#files", "<img src=x onerror=document.title='bad'>.iso");
        assertThat(browser.evaluate("document.querySelectorAll('td img').length")
                        .toString())
                .isEqualTo("0");
        assertThat(browser.evaluate("document.title")).isEqualTo("Flexo");
        assertThat(browser.errors()).isEmpty();
        assertThat(browser.requests())
                .allMatch(url -> url.startsWith(flexo.url().toString()));
    }

    @Test
    void pageThatStaysOpenDoesNotGrowAndListensOnlyWhileItIsSeen() throws Exception {
        open();
        fetch(PACKAGE);
        awaitText("#ended-count", "1");
        String elements = "document.querySelectorAll('*').length";
        browser.evaluate("window.eventsSeen = 0; new MutationObserver(() => window.eventsSeen++)"
                + ".observe(document.querySelector('[data-curve]'), {childList: true})");
        browser.await("window.eventsSeen >= 2");
        Object before = browser.evaluate(elements);

        browser.await("window.eventsSeen >= 8");

        assertThat(browser.evaluate(elements)).isEqualTo(before);
        setHidden(true);
        awaitText("#connection", "paused");
        setHidden(false);
        browser.await("document.querySelector('#connection').textContent === 'live'");
    }

    private static void setHidden(boolean hidden) {
        Object unused = browser.evaluate("Object.defineProperty(document, 'hidden', {value: " + hidden
                + ", configurable: true}); document.dispatchEvent(new Event('visibilitychange'))");
    }

    /** By the rules of WCAG that a program can check, labels, roles and contrast among them. */
    @ParameterizedTest
    @CsvSource({"light, 1200", "dark, 1200", "light, 390"})
    void pageCanBeUsedByEverybody(String scheme, int width) throws Exception {
        first.fault(PACKAGE, new Fault().cutAfter(600_000));
        fetch(PACKAGE);
        Consumer<String> openPart = part -> browser.evaluate("document.querySelector('" + part + "').open = true");
        browser.resize(width, 900);
        browser.prefer(scheme);
        open();
        useToken(FlexoServer.AUTHORIZATION.substring("Bearer ".length()));
        openPart.accept("#ended-part");
        openPart.accept("#all-settings");
        openPart.accept("#clients-part");
        openPart.accept("#work details");
        browser.click("#search button");
        awaitText("#files", "core/");
        awaitText("#setting-rows", "mirror_selection_method");
        awaitText("#ended", "whole, after 1 switch");

        browser.evaluate(axe());
        List<?> violations = (List<?>)
                browser.evaluate(
                        "axe.run().then(found => found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' ')))");

        assertThat(violations).isEmpty();
        assertThat(browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
                .as("nothing sticks out")
                .isEqualTo(true);
    }

    private static String axe() throws IOException {
        try (InputStream script = PageIT.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
