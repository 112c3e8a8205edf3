package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.DetachedSignature;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.ScriptedMirror;
import java.nio.file.Files;
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

/** What is kept under a name is what the name says: no directory, no page, no text, no pointer in its place. */
@ExtendWith(ArquillianExtension.class)
class KindsOfFilesIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 30_003);
    private static final FileContent INDEX = text("<html><head><title>Index of /core/</title></head></html>");

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
    }

    private static FileContent text(String text) {
        return FileContent.of(text.getBytes(UTF_8));
    }

    @Test
    void directoryOfAMirrorIsNeverAFile() throws Exception {
        mirror.file("/core", INDEX)
                .file("/iso/2025.01.01", INDEX)
                .fault("/core/os/mips", new Fault().redirect(301, "/core/os/mips/"))
                .file("/core/os/mips/", INDEX)
                .fault("/images/latest", new Fault().redirect(301, "/images/latest/"))
                .file("/images/latest/", text("one\ntwo\n"))
                .file(PACKAGE, FILE);
        scenario.start(mirror);

        for (String directory : new String[] {"/core", "/iso/2025.01.01", "/core/os/mips", "/images/latest"}) {
            assertError(scenario.get(directory), 404);
        }

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertThat(scenario.cachedFiles()).containsExactly(PACKAGE.substring(1));
    }

    @Test
    void whatAnEarlierVersionKeptOfADirectoryEndsNoCaching() throws Exception {
        Files.createDirectories(scenario.cache().resolve(".flexo-cache"));
        Files.write(scenario.cache().resolve("core"), INDEX.bytes());
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PACKAGE,
                "/iso/latest/archlinux-x86_64.iso",
                "/iso/latest/archlinux-bootstrap-x86_64.tar.zst",
                "/iso/latest/sha256sums.txt"
            })
    void textThatOneMirrorSendsComesFromTheNext(String path) throws Exception {
        FileContent right = path.endsWith(".txt") ? text("0".repeat(64) + "  archlinux-x86_64.iso\n") : FILE;
        ScriptedMirror second = scenario.mirror().file(path, right);
        scenario.start(mirror, second);
        for (String wrong : new String[] {
            "Rate limit exceeded, try again in 60 seconds\n",
            "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0".repeat(64) + "\nsize 30003\n"
        }) {
            mirror.file(path, text(wrong));

            assertWhole(scenario.get(path), right, REMOTE);
            scenario.hit(path);
            Files.delete(scenario.cached(path));
        }
    }

    @Test
    void signatureThatLagsBehindARebuildIsReplacedAsSoonAsTheMirrorHasIt() throws Exception {
        FileContent former = DetachedSignature.of(FileContent.seeded(2, 30_003));
        mirror.file(PACKAGE, FILE).file(PACKAGE + ".sig", former);
        scenario.start(mirror);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertWhole(scenario.get(PACKAGE + ".sig"), former, REMOTE);
        mirror.file(PACKAGE + ".sig", DetachedSignature.of(FILE));

        assertWhole(scenario.get(PACKAGE + ".sig"), DetachedSignature.of(FILE), REMOTE);
        mirror.refuseConnections();
        assertWhole(scenario.hit(PACKAGE + ".sig"), DetachedSignature.of(FILE), CACHE);
    }
}
