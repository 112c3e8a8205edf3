package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a listener reads, quick or slow. */
class FeedTest {
    private int wakeUps;
    private int closings;
    private final Feed feed = new Feed(() -> closings++);

    private void onMore() {
        wakeUps++;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void tell(String text, String full) {
        feed.tell(bytes(text), bytes(full));
    }

    private String read(int most) {
        ByteBuffer target = ByteBuffer.allocate(most);
        int count = feed.read(0, target, this::onMore);
        return new String(target.array(), 0, count, StandardCharsets.UTF_8);
    }

    @Test
    void listenerThatKeepsUpReadsEachTextAndIsWokenForIt() {
        assertThat(read(10)).isEmpty();
        tell("one", "1");
        assertThat(wakeUps).isEqualTo(1);
        assertThat(read(2)).isEqualTo("on");
        tell("two", "12");
        assertThat(wakeUps).as("it has not waited").isEqualTo(1);
        assertThat(read(10)).isEqualTo("e");
        assertThat(read(10)).isEqualTo("two");
        assertThat(read(10)).isEmpty();
    }

    @Test
    void slowListenerGetsAllThereIsInPlaceOfWhatItMissed() {
        tell("one", "1");
        assertThat(read(1)).isEqualTo("o");
        tell("two", "12");
        tell("three", "123");
        tell("four", "1234");

        assertThat(read(10)).isEqualTo("ne");
        assertThat(read(10)).isEqualTo("1234");
        assertThat(read(10)).isEmpty();
    }

    @Test
    void listenerThatLeavesIsForgottenOnce() {
        assertThat(read(10)).isEmpty();
        feed.forget(this::onMore);
        tell("one", "1");
        feed.close();
        feed.close();

        assertThat(wakeUps).isZero();
        assertThat(closings).isEqualTo(1);
    }
}
