package flexo.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final long MIB = 1 << 20;

    @Test
    void heapBoundsThem() {
        assertThat(Connections.most(128 * MIB, 100_000)).isEqualTo(877);
        assertThat(Connections.most(64 * MIB, 100_000)).isEqualTo(438);
    }

    @Test
    void largeHeapDoesNotAskForMoreThanTomcatWould() {
        assertThat(Connections.most(1 << 30, 1 << 20)).isEqualTo(7021);
        assertThat(Connections.most(64L << 30, 1 << 20)).isEqualTo(8192);
    }

    @Test
    void filesBoundThemToo() {
        assertThat(Connections.most(1 << 30, 1024)).isEqualTo(341);
    }
}
