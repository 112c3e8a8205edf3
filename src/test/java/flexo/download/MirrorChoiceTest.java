package flexo.download;

import static flexo.download.DownloadBench.PACKAGE;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorChoiceTest {
    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    private static MirrorChoice choice(DownloadBench bench) {
        return new MirrorChoice(bench.context, PACKAGE, Optional.empty());
    }

    /** The hosts of all mirrors that are left, in order. */
    private static List<String> takeAll(MirrorChoice mirrors) {
        List<String> hosts = new ArrayList<>();
        for (Optional<MirrorLease> lease = mirrors.take(); lease.isPresent(); lease = mirrors.take()) {
            hosts.add(lease.get().mirror().base().getHost());
        }
        return hosts;
    }

    @Test
    void eachMirrorIsAskedOnce() {
        assertThat(takeAll(choice(bench(3)))).containsExactly("m1.example", "m2.example", "m3.example");
    }

    @Test
    void allOfHundredsAreAskedButForAFileThatManyLack() {
        assertThat(takeAll(choice(bench(200)))).hasSize(200);

        MirrorChoice mirrors = choice(bench(200));
        int asked = 0;
        for (Optional<MirrorLease> lease = mirrors.take(); lease.isPresent(); lease = mirrors.take()) {
            mirrors.failed(lease.get().mirror(), MirrorFailure.NOT_FOUND);
            asked++;
        }
        assertThat(asked).isEqualTo(64);
    }

    @Test
    void preferredMirrorIsAskedFirst() {
        DownloadBench bench = bench(2);
        Mirror second = Mirror.of("http://m2.example/");

        assertThat(takeAll(new MirrorChoice(bench.context, PACKAGE, Optional.of(second))))
                .containsExactly("m2.example", "m1.example");
    }

    @Test
    void whatWasLeftForBeingSlowIsAskedOnceMoreWhenNothingElseIsLeft() {
        MirrorChoice mirrors = choice(bench(3));
        Mirror slow = mirrors.take().orElseThrow().mirror();
        mirrors.outpaced(slow, 1000);

        assertThat(takeAll(mirrors)).containsExactly("m2.example", "m3.example", "m1.example");
        assertThat(mirrors.speedsOutpaced()).containsExactly(1000.0);
    }

    @Test
    void reservedMirrorIsTheNextOrIsGivenBack() {
        DownloadBench bench = bench(2);
        MirrorChoice mirrors = choice(bench);
        assertThat(mirrors.reserve()).isTrue();
        assertThat(mirrors.reserve()).isTrue();
        assertThat(bench.mirrors.leases()).hasSize(1);
        assertThat(mirrors.take()).map(MirrorLease::mirror).contains(Mirror.of("http://m1.example/"));

        assertThat(mirrors.reserve()).isTrue();
        mirrors.release();

        assertThat(bench.mirrors.reports(1)).isEmpty();
        assertThat(bench.mirrors.reports(2)).containsExactly("closed");
    }

    @Test
    void patienceRunsFromTheLastBytesThatClientsGot() {
        DownloadBench bench = bench(1);
        MirrorChoice mirrors = choice(bench);
        Duration patience = bench.context.deadlines().patience();
        assertThat(mirrors.patienceLeftNanos()).isEqualTo(patience.toNanos());

        bench.pass(Duration.ofSeconds(2));
        assertThat(mirrors.patienceLeftNanos())
                .isEqualTo(patience.minusSeconds(2).toNanos());

        mirrors.renewPatience();
        assertThat(mirrors.patienceLeftNanos()).isEqualTo(patience.toNanos());
    }
}
