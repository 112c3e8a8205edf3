package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who asks most. */
class ClientFiguresTest {
    private static final Instant NOW = Instant.parse("2024-06-01T10:00:00Z");

    private boolean on = true;
    private final ClientFigures figures = new ClientFigures(() -> on, () -> NOW);

    @Test
    void whoWasSentMostComesFirstWithItsLastSync() {
        figures.sent("192.0.2.1", "/core/os/x86_64/core.db", 10);
        figures.sent("192.0.2.2", "/core/os/x86_64/a-1-1-any.pkg.tar.zst", 30);
        figures.sent("192.0.2.1", "/core/os/x86_64/b-1-1-any.pkg.tar.zst", 5);

        assertThat(figures.most()).extracting(ClientFigures.Asked::client).containsExactly("192.0.2.2", "192.0.2.1");
        assertThat(figures.most().get(1).requests()).isEqualTo(2);
        assertThat(figures.most().get(1).bytes()).isEqualTo(15);
        assertThat(figures.most().get(1).lastSync()).contains(NOW);
        assertThat(figures.most().get(0).lastSync()).isEmpty();
    }

    @Test
    void howeverManyAskFewAreRemembered() {
        figures.sent("first", "/a", 1_000_000);
        for (int i = 0; i < ClientFigures.MOST; i++) {
            figures.sent("client " + i, "/a", i);
        }

        assertThat(figures.most())
                .hasSize(ClientFigures.TOLD)
                .noneMatch(one -> one.client().equals("first"));
    }

    @Test
    void nobodyIsRememberedWhenItIsSwitchedOff() {
        figures.sent("192.0.2.1", "/a", 1);
        on = false;
        figures.sent("192.0.2.2", "/a", 1);

        assertThat(figures.most()).isEmpty();
    }
}
