package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import flexo.mirror.SlownessPolicy.Observation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlownessPolicyTest {

    private static final double KB = 1_000;
    private static final double MB = 1_000_000;
    private static final long MUCH = 1_000_000_000;

    private final SlownessPolicy policy = SlownessPolicy.USUAL;

    @Test
    void aTransferFarSlowerThanItsPeersIsTooSlow() {
        assertThat(policy.tooSlow(at(10 * KB), List.of(4 * MB, 5 * MB, 6 * MB), 1))
                .isTrue();
    }

    @Test
    void aTransferOnlySomewhatSlowerStays() {
        assertThat(policy.tooSlow(at(1 * MB), List.of(4 * MB, 5 * MB, 6 * MB), 1))
                .isFalse();
    }

    @Test
    void withoutPeersNothingIsTooSlow() {
        assertThat(policy.tooSlow(at(1), List.of(), 1)).isFalse();
    }

    @Test
    void crawlingMirrorIsTooSlowWhileNothingIsKnownOfAnother() {
        assertThat(policy.tooSlow(at(1), List.of(0.0), 1)).isTrue();
        assertThat(policy.tooSlow(at(200 * KB), List.of(0.0, 0.0), 1)).isTrue();
        assertThat(policy.tooSlow(at(300 * KB), List.of(0.0, 0.0), 1)).isFalse();
    }

    @Test
    void crawlingMirrorIsTooSlowIfAnotherIsKnownToDoBetter() {
        assertThat(policy.tooSlow(at(200 * KB), List.of(100 * KB, 150 * KB, 1 * MB), 1))
                .isTrue();
        assertThat(policy.tooSlow(at(200 * KB), List.of(100 * KB, 150 * KB, 1 * MB), 3))
                .isFalse();
    }

    @Test
    void crawlingMirrorIsTooSlowIfItHasDoneBetterItself() {
        assertThat(policy.tooSlow(
                        new Observation(200 * KB, 1 * MB, policy.patience(), MUCH, List.of()), List.of(50 * KB), 1))
                .isTrue();
    }

    @Test
    void whereAllMirrorsCrawlTheLineIsSlow() {
        assertThat(policy.tooSlow(at(100 * KB), List.of(90 * KB, 110 * KB), 1)).isFalse();
        assertThat(policy.tooSlow(at(100 * KB), List.of(90 * KB, 110 * KB, 0.0), 1))
                .isFalse();
    }

    @Test
    void oneQuickPeerAmongSlowOnesIsNoMeasureForATransferThatDoesNotCrawl() {
        assertThat(policy.tooSlow(at(300 * KB), List.of(290 * KB, 300 * KB, 50 * MB), 1))
                .isFalse();
    }

    @Test
    void transfersThatShareTheLineAreMeasuredByTheirShare() {
        List<Double> peers = List.of(8 * MB);

        assertThat(policy.tooSlow(at(600 * KB), peers, 1)).isTrue();
        assertThat(policy.tooSlow(at(600 * KB), peers, 10)).isFalse();
    }

    @Test
    void nothingIsJudgedInTheFirstSeconds() {
        Observation early = new Observation(10 * KB, 0, policy.patience().minusMillis(1), MUCH, List.of());

        assertThat(policy.tooSlow(early, List.of(5 * MB), 1)).isFalse();
    }

    @Test
    void whatIsNearlyDoneIsNotLeft() {
        assertThat(policy.tooSlow(remaining(10 * KB, 50_000), List.of(5 * MB), 1))
                .isFalse();
        assertThat(policy.tooSlow(remaining(10 * KB, 50_001), List.of(5 * MB), 1))
                .isTrue();
        assertThat(policy.tooSlow(remaining(10 * KB, -1), List.of(5 * MB), 1)).isTrue();
    }

    @Test
    void onASlowLineTheDownloadDoesNotWander() {
        List<Double> whatTheLineGaveBefore = List.of(5 * MB, 6 * MB);
        assertThat(policy.tooSlow(at(50 * KB), whatTheLineGaveBefore, 1)).isTrue();

        assertThat(policy.tooSlow(at(55 * KB, 50 * KB), whatTheLineGaveBefore, 1))
                .isTrue();
        assertThat(policy.tooSlow(at(55 * KB, 50 * KB, 60 * KB), whatTheLineGaveBefore, 1))
                .isFalse();
        assertThat(policy.tooSlow(at(45 * KB, 50 * KB, 60 * KB), whatTheLineGaveBefore, 1))
                .isFalse();
    }

    @Test
    void mirrorThatFallsFarBelowThoseThatWereLeftIsLeftForThem() {
        assertThat(policy.tooSlow(at(5 * KB, 50 * KB, 60 * KB), List.of(50 * KB, 60 * KB), 1))
                .isTrue();
    }

    @Test
    void aSwitchThatHelpedButNotEnoughIsFollowedByAnotherOneAFewTimes() {
        List<Double> peers = List.of(50 * MB);

        assertThat(policy.tooSlow(at(50 * KB, 10 * KB), peers, 1)).isTrue();
        assertThat(policy.tooSlow(at(250 * KB, 10 * KB, 50 * KB), peers, 1)).isTrue();
        assertThat(policy.tooSlow(at(1250 * KB, 10 * KB, 50 * KB, 250 * KB), peers, 1))
                .isFalse();
    }

    @Test
    void aFractionThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new SlownessPolicy(1, 3, Duration.ZERO)).hasMessageContaining("fraction");
        assertThatThrownBy(() -> new SlownessPolicy(Double.NaN, 3, Duration.ZERO))
                .hasMessageContaining("fraction");
    }

    private Observation at(double bytesPerSecond, Double... abandoned) {
        return new Observation(bytesPerSecond, 0, policy.patience(), MUCH, List.of(abandoned));
    }

    private Observation remaining(double bytesPerSecond, long bytes) {
        return new Observation(bytesPerSecond, 0, policy.patience(), bytes, List.of());
    }
}
