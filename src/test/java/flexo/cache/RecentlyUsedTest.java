package flexo.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentlyUsedTest {
    private final RecentlyUsed<String, String> map =
            new RecentlyUsed<>(10, (key, value) -> key.length() + (long) value.length());

    @Test
    void longestUnusedGoesWhenThereIsNoRoom() {
        map.put("a", "1234");
        map.put("b", "1234");
        assertThat(map.get("a")).isEqualTo("1234");

        map.put("c", "1234");

        assertThat(map.get("a")).isNotNull();
        assertThat(map.get("b")).isNull();
        assertThat(map.get("c")).isNotNull();
    }

    @Test
    void largeEntryTakesThePlaceOfManySmallOnes() {
        for (int i = 0; i < 5; i++) {
            map.put("" + i, "1");
        }
        assertThat(map.size()).isEqualTo(5);

        map.put("a", "1234567");

        assertThat(map.size()).isEqualTo(2);
        assertThat(map.get("4")).isNotNull();
    }

    @Test
    void entryThatFitsNowhereIsNotKept() {
        map.put("a", "1");
        map.put("b", "1234567890");

        assertThat(map.size()).isZero();
        map.put("c", "123456789");
        assertThat(map.get("c")).isNotNull();
    }

    @Test
    void whatIsReplacedOrRemovedTakesNoRoom() {
        map.put("a", "123456789");
        map.put("a", "1");
        map.put("b", "1234567");
        assertThat(map.size()).isEqualTo(2);

        assertThat(map.remove("b")).isEqualTo("1234567");
        assertThat(map.remove("b")).isNull();
        map.put("c", "1234567");
        assertThat(map.size()).isEqualTo(2);
    }
}
