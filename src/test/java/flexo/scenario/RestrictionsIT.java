package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.DetachedSignature;
import flexo.testing.FileContent;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients may ask for can be restricted. */
@ExtendWith(ArquillianExtension.class)
class RestrictionsIT {
    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    private static final FileContent FILE = FileContent.seeded(1, 30_003);
    private static final FileContent SIGNATURE = DetachedSignature.of(FILE);
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final String IN_EXTRA = "/extra/os/x86_64/vim-9.1-1-x86_64.pkg.tar.zst";
    private static final String IN_ARM = "/custom_repo/arm/aarch64/core/zlib-1:1.3.1-2-aarch64.pkg.tar.zst";

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
        for (String path : List.of(PACKAGE, IN_EXTRA, IN_ARM.substring("/custom_repo/arm".length()))) {
            mirror.file(path, FILE);
        }
        mirror.file(PACKAGE + ".sig", SIGNATURE);
        scenario.set("custom_repo", "arm@" + mirror.url());
    }

    private void assertForbidden(String path) throws Exception {
        RawResponse answer = scenario.get(path);
        assertError(answer, 403);
        assertThat(answer.text()).contains("allowed_repositories", "allowed_paths");
    }

    @Test
    void onlyAllowedRepositoriesAreServed() throws Exception {
        scenario.set("allowed_repositories", "core,custom_repo/arm").start(mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.get(IN_ARM), FILE, REMOTE);
        assertWhole(scenario.hit(IN_ARM.replace("/custom_repo/", "/repo/")), FILE, CACHE);
        assertWhole(scenario.hit("/repo/archlinux" + PACKAGE), FILE, CACHE);
        assertForbidden(IN_EXTRA);
        assertForbidden("/repo/archlinux" + IN_EXTRA);
        assertForbidden("/archive/2024/02/29" + PACKAGE);
        assertForbidden("/custom_repo/other/core.db");
        assertForbidden("/core.db");

        assertThat(mirror.requestsFor(IN_EXTRA)).isEmpty();
    }

    @Test
    @OnEachTomcat
    void onlyAllowedPathsAreServedAndTheSignaturesOfThese() throws Exception {
        scenario.set("allowed_paths", "[\"*/os/x86_64/*.{db,pkg.tar.zst}\"]").start(mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE + ".sig"), SIGNATURE, CACHE);
        assertForbidden(IN_ARM);
        assertForbidden("/core/os/i686/core.db");
        assertForbidden("/iso/latest/archlinux.iso");
    }

    @Test
    void fileThatIsCachedAlreadyIsRefusedToo() throws Exception {
        scenario.start(mirror);
        assertWhole(scenario.get(IN_EXTRA), FILE, REMOTE);
        assertWhole(scenario.hit(IN_EXTRA), FILE, CACHE);
        scenario.undeploy();

        scenario.set("allowed_repositories", "core").start(mirror);

        assertForbidden(IN_EXTRA);
        assertThat(scenario.client().head(IN_EXTRA).status()).isEqualTo(403);
        assertThat(scenario.get("/status").status()).isEqualTo(200);
    }
}
