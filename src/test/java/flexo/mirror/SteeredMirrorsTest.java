package flexo.mirror;

import static flexo.mirror.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody says about mirrors counts, is seen, and outlives a restart. */
class SteeredMirrorsTest {
    private static final RepositoryPath PACKAGE = path("extra/os/x86_64/vim-1-1-x86_64.pkg.tar.zst");
    private static final RepositoryPath DATABASE = path("core/os/x86_64/core.db");
    private static final Mirror A = Mirror.of("https://a.example/");
    private static final Mirror B = Mirror.of("https://user:secret@b.example/");
    private static final Mirror C = Mirror.of("https://c.example/");

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private RankedMirrors ranked;
    private SteeredMirrors steered;

    @BeforeEach
    void start() {
        ranked = new RankedMirrors(new MirrorHealth(clock), FileSizes.unknown(), clock);
        ranked.order(MirrorsOrder.STRICT);
        steered = new SteeredMirrors(ranked, directory.resolve("by-hand.json"), clock);
        ranked.useInOrder(List.of(A, B, C));
    }

    private Optional<Mirror> next(RepositoryPath path) {
        return ranked.next(path, Set.of()).map(lease -> {
            lease.close();
            return lease.mirror();
        });
    }

    private MirrorView view(Mirror mirror) {
        return steered.views().stream()
                .filter(view -> view.mirror().equals(mirror))
                .findFirst()
                .orElseThrow();
    }

    private void fail(Mirror mirror) {
        MirrorLease lease = ranked.again(PACKAGE, mirror).orElseThrow();
        lease.failed(MirrorFailure.UNREACHABLE);
        lease.close();
    }

    @Test
    void pinnedMirrorIsAskedFirstWhileItWorks() {
        steered.pin(C);

        assertThat(next(PACKAGE)).contains(C);
        assertThat(next(DATABASE)).contains(C);
        assertThat(view(C).pinned()).isTrue();
        assertThat(view(C).next()).isTrue();
        assertThat(steered.whyNext()).isEqualTo("It is pinned.");

        fail(C);
        assertThat(next(PACKAGE)).contains(A);
        assertThat(view(C).state()).isEqualTo(MirrorView.State.LEFT_ALONE);
        assertThat(view(C).until()).contains(clock.instant().plus(CircuitBreaker.FIRST_REST));
        assertThat(view(C).failures()).containsEntry(MirrorFailure.UNREACHABLE, 1L);
        steered.release(C);
        assertThat(view(C).pinned()).isFalse();
    }

    @Test
    void restingMirrorIsAskedAgainWhenItsTimeIsOver() {
        assertThat(steered.rest(A, Duration.ofMinutes(10))).isEmpty();

        assertThat(next(PACKAGE)).contains(B);
        assertThat(ranked.notLeftAlone()).doesNotContain(A);
        assertThat(view(A).state()).isEqualTo(MirrorView.State.RESTED);
        assertThat(view(A).until()).contains(clock.instant().plus(Duration.ofMinutes(10)));
        clock.advance(Duration.ofMinutes(10));
        assertThat(next(PACKAGE)).contains(A);
        assertThat(view(A).state()).isEqualTo(MirrorView.State.USED);
    }

    @Test
    void bannedMirrorIsAskedNoMoreAndKeepsNobodyFromBeingPardoned() {
        assertThat(steered.ban(A)).isEmpty();

        assertThat(next(PACKAGE)).contains(B);
        assertThat(view(A).state()).isEqualTo(MirrorView.State.BANNED);
        fail(B);
        fail(C);
        assertThat(view(B).state()).as("all that may be asked have failed").isEqualTo(MirrorView.State.USED);
        steered.release(A);
        assertThat(next(PACKAGE)).contains(A);
    }

    @Test
    void lastMirrorCanNeitherRestNorBeBanned() {
        steered.ban(A);
        steered.rest(B, Duration.ofHours(1));

        assertThat(steered.ban(C)).isPresent();
        assertThat(steered.rest(C, Duration.ofHours(1))).isPresent();
        assertThat(next(PACKAGE)).contains(C);
    }

    @Test
    void whatWasSaidOutlivesARestartWithoutAnyPassword() throws IOException {
        steered.ban(B);
        steered.pin(C);
        steered.rest(A, Duration.ofHours(1));
        String noted = Files.readString(directory.resolve("by-hand.json"));
        start();

        assertThat(view(A).state()).isEqualTo(MirrorView.State.RESTED);
        assertThat(view(B).state()).isEqualTo(MirrorView.State.BANNED);
        assertThat(view(C).pinned()).isTrue();
        assertThat(noted).doesNotContain("secret");
    }

    @Test
    void damagedNoteCostsWhatItSaidAndNoMore() throws IOException {
        for (String damaged :
                List.of("", "[]", "{\"resting\":{\"x\":1e99},\"banned\":[null,{}],\"pinned\":3}", "{\"a\":")) {
            Files.writeString(directory.resolve("by-hand.json"), damaged);
            start();

            assertThat(next(PACKAGE)).as(damaged).contains(A);
        }
    }

    @Test
    void mirrorIsNamedByItsIdOrItsAddress() {
        assertThat(steered.named(B.fingerprint())).contains(B);
        assertThat(steered.named(B.toString())).contains(B);
        assertThat(steered.named("https://a.example")).contains(A);
        assertThat(steered.named("https://d.example/")).isEmpty();
    }
}
