package flexo.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class EvictionsTest {

    @Test
    void leastRecentlyUsedGoFirst() {
        Evictions evictions = evictions(30, 100, 10, 200, 20, 300);

        assertThat(evictions.totalBytes()).isEqualTo(600);
        Evictions.Line line = evictions.line(250);
        assertThat(line.takes(30, 100)).isFalse();
        assertThat(line.takes(10, 200)).isTrue();
        assertThat(line.takes(20, 300)).isTrue();
    }

    @Test
    void nothingGoesWhenNothingIsToBeFreed() {
        assertThat(evictions(1, 100).line(0).takes(1, 100)).isFalse();
        assertThat(evictions(1, 100).line(-5).takes(1, 100)).isFalse();
        assertThat(Evictions.Line.nothing().takes(0, 100)).isFalse();
        assertThat(new Evictions().line(5).takes(1, 0)).isFalse();
    }

    @Test
    void everythingGoesWhenThatIsNotEnough() {
        Evictions.Line line = evictions(1, 100, Integer.MAX_VALUE, 100).line(1000);

        assertThat(line.takes(1, 100)).isTrue();
        assertThat(line.takes(Integer.MAX_VALUE, 100)).isTrue();
    }

    @Test
    void whatFreesNothingStays() {
        Evictions.Line line = evictions(1, 0, 2, 100).line(100);

        assertThat(line.takes(1, 0)).isFalse();
        assertThat(line.takes(2, 100)).isTrue();
    }

    @Test
    void keptOnesAreHandedOn() {
        Evictions all = evictions(5, 10);
        Evictions repository = evictions(1, 100, 2, 200, 3, 300);

        repository.addKeptTo(all, repository.line(150));

        assertThat(all.totalBytes()).isEqualTo(310);
    }

    @Test
    void asManyGoAsAreNeededAndNoMore() {
        Random random = new Random(3);
        for (int round = 0; round < 2000; round++) {
            int count = random.nextInt(60);
            long[] times = random.longs(count, 0, 12).toArray();
            long[] bytes = random.longs(count, 0, 50).toArray();
            Evictions evictions = new Evictions();
            for (int i = 0; i < count; i++) {
                evictions.add(times[i], bytes[i]);
            }
            long wanted = random.nextInt(1500);

            Evictions.Line line = evictions.line(wanted);
            long freed = 0;
            long largest = 0;
            long youngestGone = -1;
            long oldestKept = Long.MAX_VALUE;
            for (int i = 0; i < count; i++) {
                if (line.takes(times[i], bytes[i])) {
                    freed += bytes[i];
                    largest = Math.max(largest, bytes[i]);
                    youngestGone = Math.max(youngestGone, times[i]);
                } else if (bytes[i] > 0) {
                    oldestKept = Math.min(oldestKept, times[i]);
                }
            }

            assertThat(freed).isGreaterThanOrEqualTo(Math.min(wanted, evictions.totalBytes()));
            assertThat(freed - largest).isLessThan(Math.max(1, wanted));
            assertThat(youngestGone).isLessThanOrEqualTo(oldestKept);
        }
    }

    private static Evictions evictions(long... millisAndBytes) {
        Evictions evictions = new Evictions();
        for (int i = 0; i < millisAndBytes.length; i += 2) {
            evictions.add(millisAndBytes[i], millisAndBytes[i + 1]);
        }
        return evictions;
    }
}
