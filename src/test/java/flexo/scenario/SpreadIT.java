package flexo.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RecordedRequest;
import flexo.testing.ScriptedMirror;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Packages that are downloaded at the same time, and the mirrors they come from. */
@ExtendWith(ArquillianExtension.class)
class SpreadIT {
    private static final FileContent FILE = FileContent.seeded(1, 300_000);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private final Gate gate = new Gate(100_000);
    private List<ScriptedMirror> mirrors;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirrors = List.of(scenario.mirror(), scenario.mirror(), scenario.mirror());
    }

    private static List<String> packages(String directory) {
        return Stream.of("a", "b", "c", "d", "e", "f")
                .map(name -> directory + name + "-1-1-any.pkg.tar.zst")
                .toList();
    }

    /** Asks for one after another, while none of those before has all of its bytes. */
    private void getAtOnce(String asked, String ofMirror) throws Exception {
        for (ScriptedMirror mirror : mirrors) {
            packages(ofMirror).forEach(path -> mirror.file(path, FILE).fault(path, new Fault().gate(gate)));
        }
        List<RawClient> clients = new ArrayList<>();
        for (String path : packages(asked)) {
            RawClient client = scenario.client();
            client.request("GET", path);
            client.readHead();
            clients.add(client);
        }
        gate.open();
        for (RawClient client : clients) {
            client.readExpecting(FILE, 0, FILE.lengthBytes());
        }
    }

    private List<Long> packagesFromEach() {
        return mirrors.stream()
                .map(mirror -> mirror.requests().stream()
                        .map(RecordedRequest::path)
                        .filter(path -> path.endsWith(".zst"))
                        .count())
                .toList();
    }

    @Test
    void sixPackagesAtOnceComeFromAllPredefinedMirrors() throws Exception {
        scenario.unset("mirrors_order").start(mirrors.toArray(ScriptedMirror[]::new));

        getAtOnce("/extra/os/x86_64/", "/extra/os/x86_64/");

        assertThat(packagesFromEach()).containsExactly(2L, 2L, 2L);
    }

    @Test
    void sixPackagesAtOnceComeFromAllMirrorsOfAnUnofficialRepository() throws Exception {
        String urls =
                String.join("\", \"", mirrors.stream().map(ScriptedMirror::url).toList());
        String toml = "[[custom_repo]]\nname = \"own\"\nurls = [\"" + urls + "\"]\n";
        scenario.set("config_file", Files.writeString(scenario.scratch().resolve("flexo.toml"), toml))
                .unset("mirrors_order")
                .start(mirrors.toArray(ScriptedMirror[]::new));

        getAtOnce("/custom_repo/own/x/", "/x/");

        assertThat(packagesFromEach()).containsExactly(2L, 2L, 2L);
    }

    @Test
    void inStrictOrderAllComeFromTheFirstMirror() throws Exception {
        scenario.set("mirrors_order", "strict").start(mirrors.toArray(ScriptedMirror[]::new));

        getAtOnce("/extra/os/x86_64/", "/extra/os/x86_64/");

        assertThat(packagesFromEach()).containsExactly(6L, 0L, 0L);
    }
}
