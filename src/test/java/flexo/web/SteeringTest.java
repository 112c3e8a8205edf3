package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.log.RepeatedLines;
import flexo.net.IpNetwork;
import flexo.testing.LogLines;
import flexo.testing.SteppedTimer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SteeringTest {
    private static final TrustedProxies PROXIES =
            new TrustedProxies(() -> List.of(IpNetwork.parse("127.0.0.1").orElseThrow()));

    @TempDir
    Path folder;

    private ScriptedRequest request = newcomer();
    private final SteppedTimer timer = new SteppedTimer();
    private Steering steering;

    private static ScriptedRequest newcomer() {
        return new ScriptedRequest("POST", "/sweep")
                .header("Host", "127.0.0.1:7878")
                .answering("getRemoteAddr", "127.0.0.1")
                .knowing("alice", "secret: with colon", Steering.ROLE)
                .knowing("bob", "b", "other");
    }

    @BeforeEach
    void token() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "right\n");
        steering = new Steering(new AdminToken(() -> file), PROXIES, new RepeatedLines(timer, timer), timer::nanoTime);
    }

    private Optional<Integer> refusal() {
        return steering.refusal(request.request()).map(Reply::status);
    }

    private void logIn(String userAndPassword) {
        request.header(
                "Authorization",
                "basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void tokenIsEnoughWhereverThePageIsFrom() {
        request.header("Authorization", "bearer  right").header("Origin", "http://evil.example");

        assertThat(refusal()).isEmpty();
        assertThat(steering.isKnown(request.request())).isTrue();
    }

    @Test
    void tokenInTheQueryIsNotTakenAndNotLogged() {
        request.answering("getQueryString", "token=right");

        List<String> told = LogLines.of(
                Steering.class, Level.INFO, () -> assertThat(refusal()).contains(401));

        assertThat(told)
                .singleElement()
                .asString()
                .contains("POST /sweep is refused")
                .doesNotContain("right");
    }

    @Test
    void beginningOfTheTokenIsNotEnough() {
        request.header("Authorization", "Bearer righ");

        assertThat(refusal()).contains(401);
        assertThat(steering.isKnown(request.request())).isFalse();
    }

    @Test
    void addressIsNotEnough() {
        request.header("X-Forwarded-For", "127.0.0.1");

        assertThat(refusal()).contains(401);
    }

    @Test
    void userWithTheRoleMay() {
        logIn("alice:secret: with colon");

        assertThat(refusal()).isEmpty();
    }

    @Test
    void userWithoutTheRoleMayNot() {
        logIn("bob:b");

        assertThat(refusal()).contains(403);
    }

    @Test
    void pageOfTheSameServerMayUseItsUserBehindAReverseProxyToo() {
        logIn("alice:secret: with colon");
        request.header("Origin", "https://packages.example").header("Sec-Fetch-Site", "same-origin");

        assertThat(refusal()).contains(403);
        request.header("X-Forwarded-Host", "packages.example").header("X-Forwarded-Proto", "https");
        assertThat(refusal()).isEmpty();
    }

    @Test
    void pageOfAnotherServerOrOfNoneMayNot() {
        logIn("alice:secret: with colon");

        request.header("Origin", "null");
        assertThat(refusal()).contains(403);
        request.header("Origin", "http://127.0.0.1:7878");
        assertThat(refusal()).isEmpty();
        request.header("Sec-Fetch-Site", "cross-site");
        assertThat(refusal()).contains(403);
    }

    @Test
    void containerIsAskedAboutFewWrongPasswordsSoThatNobodyIsLockedOut() {
        assertThat(refusalOf("alice:guessed")).contains(401);
        assertThat(refusalOf("alice:secret: with colon")).as("too soon").contains(429);
        assertThat(refusalOf("bob:b")).as("another user").contains(403);

        timer.advance(Duration.ofSeconds(10));
        assertThat(refusalOf("alice:guessed again")).contains(401);
        timer.advance(Duration.ofSeconds(39));
        assertThat(refusalOf("alice:secret: with colon")).contains(429);
        timer.advance(Duration.ofSeconds(1));
        assertThat(refusalOf("alice:secret: with colon")).isEmpty();

        assertThat(refusalOf("alice:mistyped")).contains(401);
        timer.advance(Duration.ofSeconds(10));
        assertThat(refusalOf("alice:secret: with colon"))
                .as("the right one has reset the backoff")
                .isEmpty();
    }

    private Optional<Integer> refusalOf(String userAndPassword) {
        request = newcomer();
        logIn(userAndPassword);
        return refusal();
    }
}
