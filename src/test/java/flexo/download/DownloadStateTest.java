package flexo.download;

import static flexo.download.DownloadState.COMPLETE;
import static flexo.download.DownloadState.FAILED;
import static flexo.download.DownloadState.RESUMING;
import static flexo.download.DownloadState.STARTING;
import static flexo.download.DownloadState.STREAMING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DownloadStateTest {
    private static final Map<DownloadState, Set<DownloadState>> MAY_BECOME = Map.of(
            STARTING, EnumSet.of(STREAMING, COMPLETE, FAILED),
            STREAMING, EnumSet.of(RESUMING, COMPLETE, FAILED),
            RESUMING, EnumSet.of(STREAMING, FAILED),
            COMPLETE, EnumSet.noneOf(DownloadState.class),
            FAILED, EnumSet.noneOf(DownloadState.class));

    @ParameterizedTest
    @EnumSource
    void stateBecomesOnlyWhatMayFollowIt(DownloadState state) {
        for (DownloadState next : DownloadState.values()) {
            assertThat(state.mayBecome(next))
                    .as(state + " to " + next)
                    .isEqualTo(MAY_BECOME.get(state).contains(next));
        }
    }

    @ParameterizedTest
    @EnumSource
    void finalIsWhatNothingFollows(DownloadState state) {
        assertThat(state.isFinal()).isEqualTo(MAY_BECOME.get(state).isEmpty());
    }
}
