package flexo.download;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CurrentWaitTest {
    private static final DownloadFailure WHY = new DownloadFailure(DownloadFailure.Reason.ABANDONED, "in the test");

    private final CurrentWait wait = new CurrentWait();

    @Test
    void stopEndsTheWait() {
        boolean[] ended = new boolean[1];
        assertThat(wait.begin(() -> ended[0] = true)).isEmpty();

        assertThat(wait.stop(WHY)).isTrue();

        assertThat(ended[0]).isTrue();
        assertThat(wait.over()).as("nothing is left to be done").isFalse();
    }

    @Test
    void waitThatHasEndedByItselfIsFollowedByAStep() {
        assertThat(wait.begin(() -> false)).isEmpty();

        assertThat(wait.stop(WHY)).isFalse();
    }

    @Test
    void stopBetweenTwoWaitsIsFoundByTheNext() {
        assertThat(wait.begin(() -> true)).isEmpty();
        assertThat(wait.over()).isTrue();

        assertThat(wait.stop(WHY)).isFalse();

        assertThat(wait.begin(() -> true)).contains(WHY);
        assertThat(wait.over()).isFalse();
    }

    @Test
    void onlyTheFirstOfTwoStopsHasAnythingToDo() {
        assertThat(wait.begin(() -> true)).isEmpty();

        assertThat(wait.stop(WHY)).isTrue();
        assertThat(wait.stop(WHY)).isFalse();
    }
}
