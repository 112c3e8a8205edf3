package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.SteppedTimer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoginBackoffTest {
    private final SteppedTimer timer = new SteppedTimer();
    private final LoginBackoff backoff = new LoginBackoff(timer::nanoTime);

    @Test
    void ofManyPasswordsAtOnceOneIsTried() {
        assertThat(backoff.begin("alice")).isEmpty();
        assertThat(backoff.begin("alice")).contains(Duration.ofSeconds(10));
        assertThat(backoff.begin("bob")).isEmpty();
    }

    @Test
    void waitsFourTimesAsLongAfterEachWrongOneUpToADay() {
        for (int seconds : new int[] {10, 40, 160, 640, 2560, 10240, 40960, 86400, 86400}) {
            assertThat(backoff.begin("alice")).isEmpty();
            assertThat(backoff.begin("alice")).contains(Duration.ofSeconds(seconds));
            timer.advance(Duration.ofSeconds(seconds));
        }
    }

    @Test
    void rightOneEndsTheWait() {
        assertThat(backoff.begin("alice")).isEmpty();
        backoff.right("alice");

        assertThat(backoff.begin("alice")).isEmpty();
        assertThat(backoff.begin("alice")).contains(Duration.ofSeconds(10));
    }
}
