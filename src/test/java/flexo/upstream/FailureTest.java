package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import flexo.mirror.MirrorFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureTest {
    static Stream<Arguments> beforeAnAnswer() {
        return Stream.of(
                arguments(new UnknownHostException("m"), MirrorFailure.UNREACHABLE, "has a name that cannot be", false),
                arguments(new ConnectTimeoutException("m"), MirrorFailure.UNREACHABLE, "did not accept a", false),
                arguments(new HttpHostConnectException("m"), MirrorFailure.UNREACHABLE, "refused the", false),
                arguments(new ConnectException("m"), MirrorFailure.UNREACHABLE, "refused the connection", false),
                arguments(new NoRouteToHostException("m"), MirrorFailure.UNREACHABLE, "refused the connection", false),
                arguments(new SSLHandshakeException("m"), MirrorFailure.UNREACHABLE, "failed the TLS handshake", false),
                arguments(new SocketTimeoutException("m"), MirrorFailure.STALLED, "stopped answering", false),
                arguments(new RefusedRedirectException("goes in circles"), MirrorFailure.BAD_STATUS, "goes in", false),
                arguments(
                        new ProxyFailedException(new HttpProxy("p", 3128, Optional.empty()), "is gone", null),
                        MirrorFailure.PROXY_FAILED,
                        "could not be asked: the proxy http://p:3128 is gone",
                        false),
                arguments(new ConnectionClosedException("m"), MirrorFailure.UNREACHABLE, "without an answer", true),
                arguments(new RequestNotExecutedException("m"), MirrorFailure.UNREACHABLE, "without an answer", true),
                arguments(new SocketException("Connection reset"), MirrorFailure.UNREACHABLE, "without an", true),
                arguments(new ProtocolException("m"), MirrorFailure.BAD_STATUS, "sent no valid HTTP (m)", false),
                arguments(new MessageConstraintException("m"), MirrorFailure.BAD_STATUS, "sent no valid HTTP", false),
                arguments(new ClosedChannelException(), MirrorFailure.UNREACHABLE, "failed (", true));
    }

    static Stream<Arguments> insideABody() {
        return Stream.of(
                arguments(new ConnectionClosedException("m"), MirrorFailure.TRUNCATED, "before the end", true),
                arguments(new SocketException("Connection reset"), MirrorFailure.TRUNCATED, "before the end", true),
                arguments(new SSLException("closing inbound"), MirrorFailure.TRUNCATED, "closing inbound", true),
                arguments(new SocketTimeoutException("m"), MirrorFailure.STALLED, "stopped answering", false),
                arguments(new ProtocolException("bad chunk"), MirrorFailure.BAD_STATUS, "no valid HTTP (bad", false),
                arguments(new IOException("m"), MirrorFailure.TRUNCATED, "failed (", true));
    }

    @ParameterizedTest
    @MethodSource("beforeAnAnswer")
    void causeBeforeAnAnswerIsNamed(Exception cause, MirrorFailure kind, String words, boolean lost) {
        assertNamed(Failure.of(cause, false), kind, words, lost);
    }

    @ParameterizedTest
    @MethodSource("insideABody")
    void causeInsideABodyIsNamed(Exception cause, MirrorFailure kind, String words, boolean lost) {
        assertNamed(Failure.of(cause, true), kind, words, lost);
    }

    private static void assertNamed(Failure failure, MirrorFailure kind, String words, boolean lost) {
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.detail()).contains(words);
        assertThat(failure.connectionLost()).isEqualTo(lost);
    }
}
