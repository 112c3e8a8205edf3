package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RecordedRequest;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mirrors that send us elsewhere. */
@ExtendWith(ArquillianExtension.class)
class RedirectsIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;
    private ScriptedMirror other;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
        other = scenario.mirror();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void everyKindOfRedirectIsFollowedToAnotherHost(int code) throws Exception {
        mirror.fault(PACKAGE, new Fault().redirect(code, other.url() + "elsewhere/a%2Bb:c.zst"));
        other.file("/elsewhere/a+b:c.zst", FILE);
        scenario.start(mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertThat(scenario.cachedFiles()).containsExactly(PACKAGE.substring(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/pool/packages/a.zst", "../../../pool/packages/a.zst", "//127.0.0.1:%d/pool/packages/a.zst"})
    void relativeRedirectsAreFollowed(String location) throws Exception {
        mirror.fault(PACKAGE, new Fault().redirect(302, location.formatted(mirror.port())));
        mirror.file("/pool/packages/a.zst", FILE);
        scenario.start(mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void tenRedirectsAreFollowed() throws Exception {
        chain(10);
        scenario.start(mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void elevenRedirectsAreTooMany() throws Exception {
        chain(11);
        other.file(PACKAGE, FILE);
        scenario.start(mirror, other);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(other.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void loopIsLeftForTheNextMirror() throws Exception {
        mirror.fault(PACKAGE, new Fault().redirect(302, PACKAGE));
        other.file(PACKAGE, FILE);
        scenario.start(mirror, other);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(mirror.requestsFor(PACKAGE)).hasSizeLessThan(15);
    }

    @Test
    void loopAtTheOnlyMirrorIsABadGateway() throws Exception {
        mirror.fault(PACKAGE, new Fault().redirect(302, PACKAGE));
        scenario.start(mirror);

        assertError(scenario.get(PACKAGE), 502);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "http://", "http:///a", "ftp://127.0.0.1/a", "file:///etc/passwd", "http://[broken/a", "\\\\"
            })
    void redirectToNowhereIsLeftForTheNextMirror(String location) throws Exception {
        mirror.fault(PACKAGE, new Fault().redirect(302, location));
        other.file(PACKAGE, FILE);
        scenario.start(mirror, other);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void redirectWithoutALocationIsLeftForTheNextMirror() throws Exception {
        mirror.fault(PACKAGE, new Fault().status(302));
        other.file(PACKAGE, FILE);
        scenario.start(mirror, other);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void continuationKeepsItsRangeThroughARedirect() throws Exception {
        ScriptedMirror target = scenario.mirror().file("/b.zst", FILE);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().cutAfter(100_000));
        other.fault(PACKAGE, new Fault().redirect(302, target.url() + "b.zst"));
        scenario.start(mirror, other);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(other.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("bytes=100000-");
        assertThat(target.requests()).extracting(RecordedRequest::range).containsExactly("bytes=100000-");
    }

    @Test
    void redirectLeaksNothingIntoTheNextRequest() throws Exception {
        ScriptedMirror target = scenario.mirror().file("/b.zst", FILE);
        FileContent next = FileContent.seeded(2, 100_000);
        target.file("/core/os/x86_64/next-1-1-any.pkg.tar.zst", FileContent.seeded(3, 100_000));
        mirror.file(PACKAGE, FILE).faultOnRequest(PACKAGE, 1, new Fault().cutAfter(100_000));
        mirror.fault(PACKAGE, new Fault().redirect(302, target.url() + "b.zst"));
        mirror.faultOnRequest(PACKAGE, 1, new Fault().cutAfter(100_000));
        mirror.file("/core/os/x86_64/next-1-1-any.pkg.tar.zst", next);
        other.fault(PACKAGE, new Fault().redirect(302, target.url() + "b.zst"));
        scenario.start(mirror, other);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertWhole(scenario.get("/core/os/x86_64/next-1-1-any.pkg.tar.zst"), next, REMOTE);

        assertThat(mirror.requestsFor("/core/os/x86_64/next-1-1-any.pkg.tar.zst"))
                .extracting(RecordedRequest::range)
                .containsExactly("none");
    }

    @Test
    void notFoundBehindARedirectIsNotFound() throws Exception {
        mirror.fault(PACKAGE, new Fault().redirect(302, other.url() + "absent"));
        scenario.start(mirror);

        assertError(scenario.get(PACKAGE), 404);
    }

    @Test
    void redirectOfADatabaseIsFollowed() throws Exception {
        mirror.fault("/core/os/x86_64/core.db", new Fault().redirect(302, other.url() + "core.db"));
        FileContent database = new RepositoryDatabaseFile().list(PACKAGE, FILE).content();
        other.file("/core.db", database);
        scenario.start(mirror);

        assertWhole(scenario.get("/core/os/x86_64/core.db"), database, REMOTE);
    }

    /** A chain of so many redirects from the package to its bytes. */
    private void chain(int hops) {
        mirror.fault(PACKAGE, new Fault().redirect(302, "/hop/1"));
        for (int hop = 1; hop < hops; hop++) {
            mirror.fault("/hop/" + hop, new Fault().redirect(302, "/hop/" + (hop + 1)));
        }
        mirror.file("/hop/" + hops, FILE);
    }
}
