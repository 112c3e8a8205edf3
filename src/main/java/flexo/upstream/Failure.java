package flexo.upstream;

import flexo.mirror.MirrorFailure;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.RequestNotExecutedException;

/**
 * The meaning of an exception of the client library.
 *
 * @param kind the failure of the mirror
 * @param detail a few words for people, after the mirror's name
 * @param connectionLost whether an established connection was lost
 */
record Failure(MirrorFailure kind, String detail, boolean connectionLost) {
    static Failure of(Exception cause, boolean responded) {
        if (cause instanceof ProxyFailedException) {
            return new Failure(MirrorFailure.PROXY_FAILED, cause.getMessage(), false);
        }
        if (cause instanceof RefusedRedirectException) {
            return new Failure(MirrorFailure.BAD_STATUS, cause.getMessage(), false);
        }
        if (cause instanceof UnknownHostException) {
            return unreachable("has a name that cannot be resolved");
        }
        if (cause instanceof ConnectTimeoutException) {
            return unreachable("did not accept a connection in time");
        }
        if (cause instanceof HttpHostConnectException
                || cause instanceof ConnectException
                || cause instanceof NoRouteToHostException) {
            return unreachable("refused the connection");
        }
        if (cause instanceof SSLException && !responded) {
            return unreachable("failed the TLS handshake (" + cause.getMessage() + ")");
        }
        if (cause instanceof InterruptedIOException) {
            return new Failure(MirrorFailure.STALLED, "stopped answering", false);
        }
        if (cause instanceof ConnectionClosedException
                || cause instanceof SocketException
                || cause instanceof RequestNotExecutedException) {
            return responded
                    ? new Failure(MirrorFailure.TRUNCATED, "closed the connection before the end", true)
                    : new Failure(MirrorFailure.UNREACHABLE, "closed the connection without an answer", true);
        }
        if (cause instanceof ParseException) {
            // Its message quotes the bytes, which may be anything.
            return new Failure(MirrorFailure.BAD_STATUS, "sent no valid HTTP", false);
        }
        if (cause instanceof HttpException || cause instanceof MessageConstraintException) {
            return new Failure(MirrorFailure.BAD_STATUS, "sent no valid HTTP (" + cause.getMessage() + ")", false);
        }
        return new Failure(
                responded ? MirrorFailure.TRUNCATED : MirrorFailure.UNREACHABLE, "failed (" + cause + ")", true);
    }

    private static Failure unreachable(String detail) {
        return new Failure(MirrorFailure.UNREACHABLE, detail, false);
    }
}
