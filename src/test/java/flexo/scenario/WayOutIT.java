package flexo.scenario;

import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.ForwardProxy;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import flexo.testing.TestCertificates;
import java.util.logging.Level;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A company's network: a proxy that alone knows names, an authority of its own, and secrets. */
@ExtendWith(ArquillianExtension.class)
class WayOutIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;
    private ForwardProxy proxy;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror().file(PACKAGE, FILE);
        proxy = scenario.closing(new ForwardProxy()).knows("mirror.example", mirror.port());
    }

    @Test
    void everythingLeavesThroughTheProxyWhichAloneKnowsNames() throws Exception {
        proxy.requires("me", "s3cret");
        scenario.set("http_proxy", proxy.url()).set("proxy_user", "me").set("proxy_password", "s3cret");
        FileContent database = new RepositoryDatabaseFile().list(PACKAGE, FILE).content();
        mirror.file(DATABASE, database);
        scenario.start("http://mirror.example/");

        assertWhole(scenario.get(DATABASE), database, REMOTE);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(proxy.heads()).hasSameSizeAs(mirror.requests());
    }

    @Test
    void proxyThatDiesIsNamedAndIsUsedAgainByTheNextRequest() throws Exception {
        scenario.set("http_proxy", proxy.url());
        proxy.knows("second.example", mirror.port());
        scenario.start("http://mirror.example/", "http://second.example/");
        proxy.die();
        RawResponse failed = scenario.get(PACKAGE);
        assertError(failed, 502);
        assertThat(failed.text()).contains("the proxy " + proxy.url() + " refused the connection");

        proxy.comeBack();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void mirrorWithACertificateOfACompanyIsTrustedAndShownOurs() throws Exception {
        ScriptedMirror secure = scenario.closing(ScriptedMirror.overTls(true)).file(PACKAGE, FILE);
        scenario.set("ca_certificates", TestCertificates.file("authority.pem"))
                .set("client_certificate", TestCertificates.file("client.pem"))
                .set("client_key", TestCertificates.file("client.key"));
        scenario.start(secure);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void certificateThatCannotBeUsedIsAMistakeThatNamesItsFile() throws Exception {
        scenario.log().expect("The configuration has");
        scenario.set("client_certificate", TestCertificates.file("client.pem"))
                .set("client_key", TestCertificates.file("other.key"));
        scenario.start(mirror);

        RawResponse answer = scenario.get("/status");

        assertThat(answer.status()).isBetween(500, 503);
        assertThat(answer.text())
                .contains(
                        TestCertificates.file("other.key") + ": client_key: it is not the key of the certificate in ");
    }

    @Test
    void mirrorOnTheInternetThatSendsUsIntoOurOwnNetworkFailsAndTheNextOneServes() throws Exception {
        ScriptedMirror inside = scenario.mirror().file("/secret", FileContent.seeded(2, 1000));
        ScriptedMirror evil = scenario.mirror().fault(PACKAGE, new Fault().redirect(302, inside.url() + "secret"));
        proxy.knows("evil.example", evil.port());
        scenario.set("http_proxy", proxy.url());
        scenario.start("http://evil.example/", "http://mirror.example/");

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(evil.requestsFor(PACKAGE)).hasSize(1);
        assertThat(inside.requests()).isEmpty();
    }

    @Test
    void mirrorThatLeavesHttpsFailsAndTheNextOneServes() throws Exception {
        ScriptedMirror plain = scenario.mirror().file("/other", FileContent.seeded(2, 1000));
        ScriptedMirror secure = scenario.closing(ScriptedMirror.overTls(false))
                .fault(PACKAGE, new Fault().redirect(302, plain.url() + "other"));
        scenario.set("ca_certificates", TestCertificates.file("authority.pem"));
        scenario.start(secure, mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(secure.requestsFor(PACKAGE)).hasSize(1);
        assertThat(plain.requests()).isEmpty();
    }

    @Test
    void redirectFromHttpsToHttpIsFollowedWhereThatIsAllowed() throws Exception {
        ScriptedMirror secure = scenario.closing(ScriptedMirror.overTls(false))
                .fault(PACKAGE, new Fault().redirect(302, mirror.url() + PACKAGE.substring(1)));
        scenario.set("ca_certificates", TestCertificates.file("authority.pem")).set("allow_https_downgrade", true);
        scenario.start(secure);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void secretsAreInNoPageAndInNoErrorWhenAllFails() throws Exception {
        proxy.requires("me", "s3cret");
        scenario.set("http_proxy", "http://me:wr0ng-s3cret@127.0.0.1:" + proxy.port());
        scenario.start("http://user:mirr0r-s3cret@mirror.example/", "http://nobody:oth3r-s3cret@unknown.example/");

        RawResponse failed = scenario.get(PACKAGE);

        assertError(failed, 502);
        assertThat(failed.text())
                .contains("does not accept our user and password")
                .doesNotContain("s3cret");
        assertThat(scenario.get("/metrics").text()).doesNotContain("s3cret");
        assertThat(String.join("\n", scenario.log().messages(Level.ALL)))
                .contains("mirror.example")
                .doesNotContain("s3cret");
    }
}
