package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndpointsTest {
    private static final SettingsState IN_FORCE =
            new SettingsState("a file", Optional.empty(), Optional.empty(), List.of());

    private static Reply status(Optional<String> fault, String accept) {
        return Endpoints.status(() -> IN_FORCE, () -> fault)
                .question()
                .orElseThrow()
                .answer(new ScriptedRequest("GET", "/status")
                        .header("Accept", accept)
                        .request())
                .toCompletableFuture()
                .join();
    }

    @Test
    void healthCheckIsAnsweredWithNothingWhileAllIsWell() {
        Reply reply = status(Optional.empty(), "*/*");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEmpty();
    }

    @Test
    void healthCheckFailsAndSaysWhy() {
        for (String accept : List.of("*/*", "application/json")) {
            Reply reply = status(Optional.of("A thread has ended."), accept);

            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.text()).isEqualTo("A thread has ended.\n");
        }
    }
}
