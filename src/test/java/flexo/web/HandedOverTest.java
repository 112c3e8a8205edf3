package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.SteppedTimer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HandedOverTest {
    private final SteppedTimer timer = new SteppedTimer();
    private final HandedOver files = new HandedOver(timer);

    private ScriptedContent handedOver() {
        ScriptedContent content = new ScriptedContent(1, 1);
        files.closeSoon(content);
        return content;
    }

    @Test
    void fileStaysForOneSecondAndNotMuchLonger() {
        ScriptedContent first = handedOver();
        timer.advance(Duration.ofMillis(999));
        ScriptedContent second = handedOver();
        timer.advance(Duration.ofMillis(999));

        assertThat(second.timesClosed()).as("after 999 ms").isZero();

        timer.advance(Duration.ofMillis(2));
        assertThat(first.timesClosed()).as("after two seconds").isEqualTo(1);

        timer.advance(Duration.ofSeconds(1));
        assertThat(second.timesClosed()).as("after two seconds").isEqualTo(1);
    }

    @Test
    void oneTaskServesAllAndNoneIsLeft() {
        for (int i = 0; i < 100; i++) {
            handedOver();
        }
        assertThat(timer.delays()).hasSize(1);

        timer.advance(Duration.ofSeconds(3));
        assertThat(timer.delays()).isEmpty();

        ScriptedContent later = handedOver();
        timer.advance(Duration.ofSeconds(2));
        assertThat(later.timesClosed()).isEqualTo(1);
    }

    @Test
    void whileEverythingIsBeingStoppedNothingIsPutOff() {
        timer.shutdown();

        assertThat(handedOver().timesClosed()).isEqualTo(1);
    }
}
