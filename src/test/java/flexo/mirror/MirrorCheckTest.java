package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.testing.TestPaths;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MirrorCheckTest {
    private static final RepositoryPath PACKAGE = TestPaths.path("core/os/x86_64/zlib-1-1-x86_64.pkg.tar.zst");
    private static final Mirror DEAD = Mirror.of("http://dead.example/");
    private static final Mirror DEAD_TOO = Mirror.of("http://dead-too.example/");
    private static final Mirror ALIVE = Mirror.of("http://alive.example/");
    private static final ProbeResult ANSWER = new ProbeResult.Answered(404, Duration.ofMillis(5), false, null);

    private final Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private final RankedMirrors mirrors = new RankedMirrors(new MirrorHealth(clock), FileSizes.unknown(), clock);
    private final List<Mirror> asked = new ArrayList<>();
    private final List<CompletableFuture<ProbeResult>> answers = new ArrayList<>();
    private final MirrorCheck check = new MirrorCheck(mirrors, (mirror, timeout) -> {
        asked.add(mirror);
        answers.add(new CompletableFuture<>());
        return answers.get(answers.size() - 1);
    });

    @Test
    void silentMirrorsAreSkippedByTheNextDownloadAndAnyAnswerIsGoodEnough() {
        mirrors.useInOrder(List.of(DEAD, DEAD_TOO, ALIVE));

        check.ranOutOfTime(PACKAGE);
        answers.get(0).complete(new ProbeResult.Unanswered("no answer"));
        answers.get(1).completeExceptionally(new IllegalStateException("closed"));
        answers.get(2).complete(ANSWER);

        assertThat(asked).containsExactly(DEAD, DEAD_TOO, ALIVE);
        assertThat(check.next(PACKAGE, Set.of()).orElseThrow().mirror()).isEqualTo(ALIVE);
    }

    @Test
    void nobodyIsAskedBeforeADownloadRanOutOfTime() {
        mirrors.useInOrder(List.of(DEAD, ALIVE));

        assertThat(check.next(PACKAGE, Set.of()).orElseThrow().mirror()).isEqualTo(DEAD);

        assertThat(asked).isEmpty();
    }

    @Test
    void oneCheckRunsAtATime() {
        mirrors.useInOrder(List.of(DEAD));

        check.ranOutOfTime(PACKAGE);
        check.ranOutOfTime(PACKAGE);
        assertThat(asked).hasSize(1);
        answers.get(0).complete(ANSWER);
        check.ranOutOfTime(PACKAGE);

        assertThat(asked).hasSize(2);
    }

    @Test
    void ifAllAreSilentNoneIsBlamed() {
        mirrors.useInOrder(List.of(DEAD, DEAD_TOO));

        check.ranOutOfTime(PACKAGE);
        answers.forEach(answer -> answer.complete(new ProbeResult.Unanswered("no answer")));

        assertThat(check.next(PACKAGE, Set.of()).orElseThrow().mirror()).isEqualTo(DEAD);
    }
}
