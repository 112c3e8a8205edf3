package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.DetachedSignature;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.nio.file.Files;
import java.time.Duration;
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

/** The signature of a package comes with it, since pacman asks nobody else for it. */
@ExtendWith(ArquillianExtension.class)
class PackageSignaturesIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final String SIGNATURE = PACKAGE + ".sig";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    private static final FileContent SIGNED = DetachedSignature.of(FILE);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;
    private ScriptedMirror second;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
        second = scenario.mirror();
    }

    private void die() throws Exception {
        mirror.refuseConnections();
        second.refuseConnections();
    }

    @Test
    void signatureIsAHitOnceTheClientHasThePackageThoughAllMirrorsDie() throws Exception {
        mirror.file(PACKAGE, FILE).file(SIGNATURE, SIGNED);
        second.file(PACKAGE, FILE).file(SIGNATURE, FileContent.seeded(3, 119));
        scenario.start(mirror, second);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        die();

        assertWhole(scenario.get(SIGNATURE), SIGNED, CACHE);
        assertThat(mirror.requestsFor(SIGNATURE)).hasSize(1);
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void signatureComesFromAnotherMirrorWhenTheOneOfThePackageLacksIt() throws Exception {
        mirror.file(PACKAGE, FILE);
        second.file(SIGNATURE, SIGNED);
        scenario.start(mirror, second);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        die();

        assertWhole(scenario.get(SIGNATURE), SIGNED, CACHE);
    }

    @Test
    void signatureIsAskedOfTheMirrorThatHadThePackageFirst() throws Exception {
        mirror.file(SIGNATURE, FileContent.seeded(3, 119));
        second.file(PACKAGE, FILE).file(SIGNATURE, SIGNED);
        scenario.start(mirror, second);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertWhole(scenario.get(SIGNATURE), SIGNED, CACHE);
        assertThat(mirror.requestsFor(SIGNATURE)).isEmpty();
    }

    @Test
    void packageWithoutASignatureAnywhereIsDeliveredAllTheSame() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror, second);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertError(scenario.get(SIGNATURE), 404);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void packageIsDeliveredThoughItsSignatureNeverComes() throws Exception {
        mirror.file(PACKAGE, FILE).fault(SIGNATURE, new Fault().silence());
        second.fault(SIGNATURE, new Fault().dripHeader(Duration.ofMillis(50)));
        scenario.start(mirror, second);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void mirrorsThatDieWithThePackageDoNotKeepItsLastByteBack() throws Exception {
        mirror.file(PACKAGE, FILE).fault(SIGNATURE, new Fault().resetWithoutAnswer());
        second.fault(SIGNATURE, new Fault().status(503));
        scenario.start(mirror, second);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    @OnEachTomcat
    void lastByteOfThePackageComesAfterItsSignature() throws Exception {
        Gate gate = new Gate(0);
        mirror.file(PACKAGE, FILE).file(SIGNATURE, SIGNED).fault(SIGNATURE, new Fault().gateBeforeHead(gate));
        scenario.start(mirror);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, FILE.lengthBytes() - 1);
        gate.open();

        client.readExpecting(FILE, FILE.lengthBytes() - 1, 1);

        assertSameBytes(Files.readAllBytes(scenario.cached(SIGNATURE)), SIGNED.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/octet-stream"})
    void captivePortalIsNoSignature(String mediaType) throws Exception {
        mirror.file(PACKAGE, FILE).fault(SIGNATURE, new Fault().htmlPage(mediaType));
        second.file(SIGNATURE, SIGNED);
        scenario.start(mirror, second);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertWhole(scenario.get(SIGNATURE), SIGNED, CACHE);
    }

    @Test
    void packageThatWasRebuiltGetsTheSignatureOfItsNewBytes() throws Exception {
        String database = "/core/os/x86_64/core.db";
        FileContent rebuilt = FileContent.seeded(5, FILE.lengthBytes());
        FileContent signedAnew = FileContent.seeded(6, 119);
        mirror.file(database, new RepositoryDatabaseFile().list(PACKAGE, FILE).content())
                .file(PACKAGE, FILE)
                .file(SIGNATURE, SIGNED);
        scenario.set("database_check_interval", "0 s").start(mirror);
        scenario.get(database);
        scenario.hit(PACKAGE);
        assertSameBytes(scenario.get(SIGNATURE).body(), SIGNED.bytes());

        mirror.file(
                        database,
                        new RepositoryDatabaseFile().list(PACKAGE, rebuilt).content(),
                        ScriptedMirror.LAST_MODIFIED.plusSeconds(60))
                .file(PACKAGE, rebuilt)
                .file(SIGNATURE, signedAnew);
        scenario.get(database);

        assertWhole(scenario.get(PACKAGE), rebuilt, REMOTE);
        assertSameBytes(scenario.get(SIGNATURE).body(), signedAnew.bytes());
    }
}
