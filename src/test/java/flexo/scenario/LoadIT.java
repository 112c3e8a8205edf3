package flexo.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Crowd;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.ScriptedMirror;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A hundred clients on one large file cost what one costs. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class LoadIT {
    private static final String ALONE = "/extra/os/x86_64/alone-1-1-any.pkg.tar.zst";
    private static final String TOGETHER = "/extra/os/x86_64/together-1-1-any.pkg.tar.zst";
    private static final long LENGTH_BYTES = 64L << 20;
    private static final long BYTES_PER_SECOND = 20_000_000;
    /** Places of bounded pools that no client has needed so far; far fewer than there are clients. */
    private static final int STILL_TO_COME = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

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

    @Test
    void hundredClientsOnOneFileCostOneRequestAndHardlyMoreThreadsThanOne() throws Exception {
        FileContent file = FileContent.seeded(1, LENGTH_BYTES);
        for (String path : List.of(ALONE, TOGETHER)) {
            mirror.file(path, file).fault(path, new Fault().rate(BYTES_PER_SECOND));
        }
        scenario.start(mirror);
        // Pools take a new thread for each task until they are full; that they fill has nothing to do with clients.
        for (int i = 0; i < 40; i++) {
            String path = "/extra/os/x86_64/small" + i + "-1-1-any.pkg.tar.zst";
            mirror.file(path, FileContent.seeded(i, 1000));
            scenario.get(path);
        }

        Set<String> threadsOfOne = new HashSet<>();
        new Crowd(scenario.port(), ALONE, file)
                .download(1, PATIENCE, () -> threadsOfOne.addAll(scenario.applicationThreads()));
        Set<String> threadsOfAll = new HashSet<>();
        List<Long> heap = new ArrayList<>();
        new Crowd(scenario.port(), TOGETHER, file).download(100, PATIENCE, () -> {
            threadsOfAll.addAll(scenario.applicationThreads());
            System.gc();
            heap.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        });

        assertThat(mirror.requestsFor(TOGETHER)).hasSize(1);
        assertThat(threadsOfAll).as("threads").hasSizeLessThanOrEqualTo(threadsOfOne.size() + STILL_TO_COME);
        // Somebody may allocate between the collection and the reading of one sample, hence the one in the middle.
        heap.sort(null);
        assertThat(heap.get(heap.size() / 2))
                .as("live heap, the tests' own included: %s", heap)
                .isLessThan(64L << 20);
    }
}
