package flexo.mirror;

import static flexo.mirror.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiblingsTest {
    private static final Mirror NODE_A = Mirror.of("http://a.site.example:7878/");
    private static final Mirror NODE_B = Mirror.of("http://b.site.example:7878/flexo/");
    private static final Mirror OFFICIAL = Mirror.of("https://official.example/archlinux/");
    private static final Mirror ARM = Mirror.of("https://arm.example/");
    private static final RepositoryPath PACKAGE = path("core/os/x86_64/zlib-1-1-x86_64.pkg.tar.zst");

    private final TestClock clock = new TestClock();
    private final MirrorHealth health = new MirrorHealth(clock);
    private final MirrorHealth ofNodes = new MirrorHealth(clock);
    private final Upstreams upstreams = new Upstreams(
            Upstream.of(0, ranked(OFFICIAL)), Upstream.of(Upstreams.ARCHIVE_SEGMENTS, ranked()), Optional.empty());

    private RankedMirrors ranked(Mirror... mirrors) {
        RankedMirrors ranked = new RankedMirrors(health, FileSizes.unknown(), clock);
        ranked.useInOrder(List.of(mirrors));
        return ranked;
    }

    @BeforeEach
    void twoNodes() {
        upstreams.useCustom(Map.of("arm", Upstream.of(Upstreams.CUSTOM_SEGMENTS, ranked(ARM))));
        upstreams.useSiblings(Optional.of(new Siblings(List.of(NODE_A, NODE_B), ofNodes, FileSizes.unknown(), clock)));
    }

    private Mirror asked(RepositoryPath path, Mirror... excluded) {
        return lease(path, excluded).mirror();
    }

    private MirrorLease lease(RepositoryPath path, Mirror... excluded) {
        return upstreams.next(path, Set.of(excluded)).orElseThrow();
    }

    @Test
    void allNodesAreAskedBeforeAnyMirror() {
        assertThat(asked(PACKAGE)).isEqualTo(NODE_A);
        assertThat(asked(PACKAGE, NODE_A)).isEqualTo(NODE_B);
        assertThat(asked(PACKAGE, NODE_A, NODE_B)).isEqualTo(OFFICIAL);
        assertThat(upstreams.next(PACKAGE, Set.of(NODE_A, NODE_B, OFFICIAL))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "core/os/x86_64/zlib-1-1-x86_64.pkg.tar.zst",
        "core/os/x86_64/zlib-1-1-x86_64.pkg.tar.zst.sig",
        "custom_repo/arm/aarch64/core/zlib-1-1-aarch64.pkg.tar.xz",
        "archive/2024/02/29/core/os/x86_64/zlib-1-1-x86_64.pkg.tar.zst",
    })
    void nodesKnowAFileThatNeverChangesByItsWholePath(String file) {
        assertThat(asked(path(file))).isEqualTo(NODE_A);
        assertThat(upstreams.uri(path(file), NODE_A)).hasToString(NODE_A.base() + file);
        assertThat(upstreams.uri(path(file), NODE_B)).hasToString(NODE_B.base() + file);
    }

    @ParameterizedTest
    @CsvSource({
        "core/os/x86_64/core.db",
        "core/os/x86_64/core.db.sig",
        "core/os/x86_64/core.files",
        "iso/latest/sha256sums.txt",
        "core/os/x86_64/keyring.pkg.tar.zst",
        "core/os/x86_64/keyring.pkg.tar.zst.sig",
    })
    void whatIsCurrentIsAskedOfMirrors(String file) {
        assertThat(asked(path(file))).isEqualTo(OFFICIAL);
    }

    @Test
    void repositoryThatThereIsNotIsAskedOfNobody() {
        assertThat(upstreams.next(path("custom_repo/x/aarch64/core/zlib-1-1-any.pkg.tar.xz"), Set.of()))
                .isEmpty();
    }

    @Test
    void signatureIsAskedOfTheNodeThatGaveThePackage() {
        assertThat(upstreams.lease(PACKAGE.signature(), NODE_B).map(MirrorLease::mirror))
                .contains(NODE_B);
    }

    @Test
    void deadNodesAreLeftAloneThoughThereAreNoOthers() {
        lease(PACKAGE).failed(MirrorFailure.UNREACHABLE);
        lease(PACKAGE, NODE_A).failed(MirrorFailure.STALLED);

        assertThat(asked(PACKAGE)).isEqualTo(OFFICIAL);

        clock.advance(CircuitBreaker.FIRST_REST);

        MirrorLease trial = lease(PACKAGE);
        assertThat(trial.mirror()).isEqualTo(NODE_A);
        assertThat(asked(PACKAGE, NODE_B))
                .as("one finds out, the others do not wait")
                .isEqualTo(OFFICIAL);
        trial.delivered(1000, Duration.ofMillis(1));
        assertThat(asked(PACKAGE)).isEqualTo(NODE_A);
    }

    @Test
    void nodeThatDidNotHaveAFileMayHaveItAMomentLater() {
        lease(PACKAGE).failed(MirrorFailure.NOT_CACHED);

        assertThat(asked(PACKAGE)).isEqualTo(NODE_A);
        assertThat(ofNodes.use(NODE_A).failureCount()).isZero();
    }

    @Test
    void nodeThatAnswersSaysNothingAboutTheLineToTheMirrors() {
        MirrorLease mirror = lease(PACKAGE, NODE_A, NODE_B);
        lease(PACKAGE).delivered(1000, Duration.ofMillis(1));
        mirror.failed(MirrorFailure.UNREACHABLE);
        lease(PACKAGE).failed(MirrorFailure.NOT_CACHED);

        assertThat(health.use(OFFICIAL).standing())
                .as("it is the only one, so the line may be down")
                .isEqualTo(Standing.HEALTHY);
        assertThat(health.metrics().counts()).doesNotContainKey(NODE_A);
    }

    @Test
    void nodesAreNoPeersThatMirrorsAreComparedWith() {
        ofNodes.delivered(NODE_A, 80 << 20, Duration.ofSeconds(1));

        assertThat(upstreams.ratesOfOthers(PACKAGE, OFFICIAL)).isEmpty();
    }
}
