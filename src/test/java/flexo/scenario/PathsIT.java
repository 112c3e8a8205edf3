package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RecordedRequest;
import flexo.testing.ScriptedMirror;
import java.util.List;
import java.util.Set;
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

/** Which paths name a file, which name the same file, and which are refused. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class PathsIT {
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

    @Test
    void everyPlainPathOfAMirrorIsServed() throws Exception {
        List<String> paths = List.of(
                "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst",
                "/aarch64/core/zlib-1.3.1-2-aarch64.pkg.tar.xz",
                "/~eschwartz/repo/x86_64/auracle-git-r1-1-any.pkg.tar.zst",
                "/iso/latest/archlinux-x86_64.iso",
                "/extra/os/x86_64/libstdc++5-3.3.6-12-x86_64.pkg.tar.zst.sig",
                "/lastsync");
        for (String path : paths) {
            mirror.file(path, FileContent.seeded(path.hashCode(), 5000));
        }
        scenario.start(mirror);

        for (String path : paths) {
            RawResponse answer = scenario.get(path);
            assertWhole(answer, FileContent.seeded(path.hashCode(), 5000), REMOTE);
        }
    }

    @Test
    void rawAndPercentFormsNameOneObject() throws Exception {
        FileContent file = FileContent.seeded(1, 3000);
        mirror.file("/~user/os/x86_64/a+b@c-1:2-3-any.pkg.tar.zst", file);
        scenario.start(mirror);

        assertWhole(scenario.get("/~user/os/x86_64/a+b@c-1:2-3-any.pkg.tar.zst"), file, REMOTE);
        assertWhole(scenario.hit("/~user/os/x86_64/a+b@c-1%3A2-3-any.pkg.tar.zst"), file, CACHE);
        assertWhole(scenario.hit("/%7Euser/os/x86_64/a%2Bb%40c-1%3a2-3-any.pkg.tar.zst"), file, CACHE);
        assertWhole(scenario.hit("/%7euser/os/x86_64/%61%2bb@c-1:2-3-any%2Epkg.tar.zst"), file, CACHE);

        assertThat(mirror.requestsFor("/~user/os/x86_64/a+b@c-1:2-3-any.pkg.tar.zst"))
                .hasSize(1);
        assertThat(scenario.cachedFiles()).containsExactly("~user/os/x86_64/a+b@c-1:2-3-any.pkg.tar.zst");
    }

    @Test
    void percentFormAskedFirstIsTheSameObjectToo() throws Exception {
        FileContent file = FileContent.seeded(1, 3000);
        mirror.file("/core/os/x86_64/libsigc++-1:2-3-any.pkg.tar.zst", file);
        scenario.start(mirror);

        assertWhole(scenario.get("/core/os/x86_64/libsigc%2B%2B-1%3A2-3-any.pkg.tar.zst"), file, REMOTE);
        assertWhole(scenario.hit("/core/os/x86_64/libsigc++-1:2-3-any.pkg.tar.zst"), file, CACHE);
        assertThat(mirror.requestsFor("/core/os/x86_64/libsigc++-1:2-3-any.pkg.tar.zst"))
                .hasSize(1);
    }

    @Test
    void mirrorsAreAskedForAnEscapedPlusWhichObjectStoresTakeForABlankOtherwise() throws Exception {
        FileContent file = FileContent.seeded(1, 3000);
        mirror.file("/core/os/x86_64/libsigc++-1-1-any.pkg.tar.zst", file);
        scenario.start(mirror);

        assertWhole(scenario.get("/core/os/x86_64/libsigc++-1-1-any.pkg.tar.zst"), file, REMOTE);

        assertThat(mirror.requests())
                .extracting(RecordedRequest::target)
                .contains("/core/os/x86_64/libsigc%2B%2B-1-1-any.pkg.tar.zst")
                .noneMatch(target -> target.contains("+"));
    }

    @Test
    void severalSlashesAreOne() throws Exception {
        FileContent file = FileContent.seeded(1, 3000);
        mirror.file("/core/os/x86_64/a-1-1-any.pkg.tar.zst", file);
        scenario.start(mirror);

        assertWhole(scenario.get("//core/os/x86_64/a-1-1-any.pkg.tar.zst"), file, REMOTE);
        assertWhole(scenario.hit("/core//os/x86_64///a-1-1-any.pkg.tar.zst"), file, CACHE);

        assertThat(scenario.cachedFiles()).containsExactly("core/os/x86_64/a-1-1-any.pkg.tar.zst");
    }

    @Test
    void escapesAreDecodedExactlyOnce() throws Exception {
        FileContent twice = FileContent.seeded(2, 3000);
        mirror.file("/core/a%3Ab", twice);
        mirror.file("/core/a:b", FileContent.seeded(3, 3000));
        scenario.start(mirror);

        assertWhole(scenario.get("/core/a%253Ab"), twice, REMOTE);
        assertThat(mirror.requests()).extracting(RecordedRequest::path).containsExactly("/core/a%3Ab");
    }

    @Test
    void sameFileNameInTwoRepositoriesIsTwoObjects() throws Exception {
        FileContent core = FileContent.seeded(1, 3000);
        FileContent testing = FileContent.seeded(2, 4000);
        mirror.file("/core/os/x86_64/a-1-1-any.pkg.tar.zst", core);
        mirror.file("/core-testing/os/x86_64/a-1-1-any.pkg.tar.zst", testing);
        scenario.start(mirror);

        assertWhole(scenario.get("/core/os/x86_64/a-1-1-any.pkg.tar.zst"), core, REMOTE);
        assertWhole(scenario.get("/core-testing/os/x86_64/a-1-1-any.pkg.tar.zst"), testing, REMOTE);
        assertWhole(scenario.hit("/core/os/x86_64/a-1-1-any.pkg.tar.zst"), core, CACHE);
        assertWhole(scenario.hit("/core-testing/os/x86_64/a-1-1-any.pkg.tar.zst"), testing, CACHE);
    }

    @Test
    void pathsThatAreNotPlainAreRefusedAndTouchNeitherDiskNorMirror() throws Exception {
        scenario.start(mirror);
        Set<String> before = scenario.allFiles();
        List<String> targets = List.of(
                "//",
                "/core/os/x86_64/../../../../etc/passwd",
                "/core/os/../os/x86_64/a.pkg.tar.zst",
                "/core/os/./x86_64/a.pkg.tar.zst",
                "/..",
                "/.",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/core/%2E./a.pkg.tar.zst",
                "/core/.%2e/a.pkg.tar.zst",
                "/core/%2e/a.pkg.tar.zst",
                "/core/..;x=y/a.pkg.tar.zst",
                "/core/..%2f..%2fetc/passwd",
                "/core%2Fos/a.pkg.tar.zst",
                "/core/..%5c..%5cetc/passwd",
                "/core/..\\..\\etc/passwd",
                "/core\\a.pkg.tar.zst",
                "/core/a%00.pkg.tar.zst",
                "/core/%0a.pkg.tar.zst",
                "/core/a%0d%0aX-Injected:%20yes",
                "/core/a%1f",
                "/core/a%7F",
                "/core/%c0%ae%c0%ae/a",
                "/core/%ff",
                "/core/%zz",
                "/core/%2",
                "/core/os/x86_64/.a.pkg.tar.zst.part",
                "/core/os/x86_64/.a.pkg.tar.zst.head",
                "/core/os/x86_64/.a.pkg.tar.zst.cfs",
                "/core/os/x86_64/%2ea.pkg.tar.zst.part",
                "/.hidden/a.pkg.tar.zst",
                "/core/" + "x".repeat(256),
                "/core/" + "%C3%A4".repeat(128),
                "/" + "x/".repeat(3000) + "x");

        SoftAssertions soft = new SoftAssertions();
        for (String target : targets) {
            String shown = target.length() > 60 ? target.substring(0, 60) + "…" : target;
            try (RawClient client = new RawClient(scenario.port())) {
                RawResponse answer = client.get(target);
                soft.assertThat(answer.status()).as(shown).isIn(400, 403, 414);
                soft.assertThat(answer.header("X-Injected")).as(shown).isNull();
            }
        }
        soft.assertThat(mirror.requests()).as("requests at the mirror").isEmpty();
        soft.assertThat(scenario.allFiles()).as("files").isEqualTo(before);
        soft.assertThat(scenario.get("/status").status()).as("/status").isEqualTo(200);
        soft.assertAll();
    }

    @Test
    void proxyFormOfARequestNamesTheSameFile() throws Exception {
        FileContent file = FileContent.seeded(1, 3000);
        mirror.file("/core/os/x86_64/a-1-1-any.pkg.tar.zst", file);
        scenario.start(mirror);

        // What pacman sends when http_proxy points here.
        RawClient client = scenario.client();
        client.request(
                "GET",
                "http://127.0.0.1:" + scenario.port() + "/core/os/x86_64/a-1-1-any.pkg.tar.zst",
                "Proxy-Connection: Keep-Alive");
        RawResponse answer = client.readResponse();

        assertWhole(answer, file, REMOTE);
        scenario.hit("/core/os/x86_64/a-1-1-any.pkg.tar.zst");
        assertThat(scenario.cachedFiles()).containsExactly("core/os/x86_64/a-1-1-any.pkg.tar.zst");
    }

    @Test
    void contextPathIsNoPartOfTheFile() throws Exception {
        FileContent file = FileContent.seeded(1, 300_000);
        mirror.file("/core/os/x86_64/c++-1:2-3-any.pkg.tar.zst", file);
        scenario.set("mirrors_predefined", mirror.url());
        scenario.deploy(FlexoWar.FLEXO);

        assertWhole(scenario.get("/flexo/core/os/x86_64/c++-1:2-3-any.pkg.tar.zst"), file, REMOTE);
        assertWhole(scenario.hit("/flexo/core/os/x86_64/c%2B%2B-1%3A2-3-any.pkg.tar.zst"), file, CACHE);
        assertThat(scenario.get("/flexo/status").status()).isEqualTo(200);
        assertThat(scenario.get("/flexo/core/../../core/os/a").status()).isGreaterThanOrEqualTo(400);
        assertThat(mirror.requests())
                .extracting(RecordedRequest::path)
                .containsExactlyInAnyOrder(
                        "/core/os/x86_64/c++-1:2-3-any.pkg.tar.zst", "/core/os/x86_64/c++-1:2-3-any.pkg.tar.zst.sig");
        assertThat(scenario.cachedFiles()).containsExactly("core/os/x86_64/c++-1:2-3-any.pkg.tar.zst");
    }

    @Test
    void mirrorBelowAPathKeepsItsPath() throws Exception {
        FileContent file = FileContent.seeded(1, 3000);
        mirror.file("/pub/archlinux/core/os/x86_64/a+b-1:1-1-any.pkg.tar.zst", file);
        scenario.start(mirror.url() + "pub/archlinux");

        assertWhole(scenario.get("/core/os/x86_64/a+b-1:1-1-any.pkg.tar.zst"), file, REMOTE);
    }
}
