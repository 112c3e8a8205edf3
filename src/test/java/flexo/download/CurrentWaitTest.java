package flexo.download;

import static flexo.download.DownloadBench.PACKAGE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CurrentWaitTest {
    private static final DownloadFailure WHY = new DownloadFailure(DownloadFailure.Reason.ABANDONED, "in the test");

    private final CurrentWait wait = new CurrentWait();
    private final RecordedMirrors.Lease lease = (RecordedMirrors.Lease)
            new RecordedMirrors(1).next(PACKAGE, Set.of()).orElseThrow();

    @Test
    void stopEndsTheWaitAndGivesItsMirrorBack() {
        boolean[] ended = new boolean[1];
        assertThat(wait.begin(lease, () -> ended[0] = true)).isEmpty();

        assertThat(wait.stop(WHY)).isTrue();

        assertThat(ended[0]).isTrue();
        assertThat(lease.reports()).containsExactly("closed");
        assertThat(wait.over()).as("nothing is left to be done").isFalse();
    }

    @Test
    void waitThatHasEndedByItselfIsFollowedByAStepWhichHasTheMirror() {
        assertThat(wait.begin(lease, () -> false)).isEmpty();

        assertThat(wait.stop(WHY)).isFalse();

        assertThat(lease.reports()).isEmpty();
    }

    @Test
    void stopBetweenTwoWaitsIsFoundByTheNext() {
        assertThat(wait.begin(lease, () -> true)).isEmpty();
        assertThat(wait.over()).isTrue();

        assertThat(wait.stop(WHY)).isFalse();

        assertThat(wait.begin(lease, () -> true)).contains(WHY);
        assertThat(wait.over()).isFalse();
        assertThat(lease.reports()).as("the step gives it back").isEmpty();
    }

    @Test
    void onlyTheFirstOfTwoStopsHasAnythingToDo() {
        assertThat(wait.begin(lease, () -> true)).isEmpty();

        assertThat(wait.stop(WHY)).isTrue();
        assertThat(wait.stop(WHY)).isFalse();

        assertThat(lease.reports()).containsExactly("closed");
    }
}
