package flexo.web;

import flexo.cache.BytesContent;
import flexo.web.ByteRange.Slice;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;

/** Serves one {@link Endpoint}: checks method and authorisation, and holds no thread while it waits. */
public final class EndpointServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String PENDING = EndpointServlet.class.getName() + ".pending";

    /** Each may take megabytes; monitoring and administration need one at a time. */
    private static final int LONG_REPLIES = 4;

    private final transient Endpoint endpoint;
    private final transient Steering steering;
    private final transient ClientStreams streams;
    private final transient Semaphore longReplies = new Semaphore(LONG_REPLIES);

    /**
     * Serves an endpoint.
     *
     * @param steering authorises orders
     * @param streams suspends requests that have to wait
     */
    public EndpointServlet(Endpoint endpoint, Steering steering, ClientStreams streams) {
        this.endpoint = endpoint;
        this.steering = steering;
        this.streams = streams;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            FileServlet.throwIfCut(request, response);
            send(reply((CompletionStage<?>) request.getAttribute(PENDING)), request, response);
            return;
        }
        boolean isOrder = request.getMethod().equals("POST");
        Optional<Endpoint.Action> action = switch (request.getMethod()) {
            case "GET", "HEAD" -> endpoint.question();
            case "POST" -> endpoint.order();
            default -> Optional.empty();
        };
        if (action.isEmpty()) {
            ErrorAnswer.of(
                            HttpServletResponse.SC_METHOD_NOT_ALLOWED,
                            "Only " + endpoint.methods() + " is answered here.")
                    .with("Allow", endpoint.methods())
                    .send(response);
            return;
        }
        Optional<Reply> refusal = isOrder || endpoint.confidential() ? steering.refusal(request) : Optional.empty();
        if (refusal.isPresent()) {
            refusal.get().send(response);
            return;
        }
        CompletionStage<Reply> pending = action.get().answer(request);
        if (pending.toCompletableFuture().isDone()) {
            send(reply(pending), request, response);
        } else {
            suspend(request, pending);
        }
    }

    private static Reply reply(CompletionStage<?> pending) {
        return (Reply) pending.toCompletableFuture().join();
    }

    private void send(Reply reply, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!reply.isLong()) {
            reply.send(response);
        } else if (longReplies.tryAcquire()) {
            stream(reply, request, response);
        } else {
            ErrorAnswer.write(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "This answer is long, and too many clients are reading it; try again in some seconds.");
        }
    }

    /** Streams it like a growing file: bytes that the client has not taken cost no memory besides the text. */
    private void stream(Reply reply, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ServedRequest.End end = (bytes, how) -> longReplies.release();
        try {
            byte[] body = reply.text().getBytes(StandardCharsets.UTF_8);
            reply.sendHead(response, body.length);
            if (request.getMethod().equals("HEAD")) {
                end.ended(0, ResponseEnd.WHOLE);
                return;
            }
            AsyncContext async = request.startAsync();
            async.setTimeout(0);
            new ClientStream(
                            async,
                            response.getOutputStream(),
                            new BytesContent(body, Instant.EPOCH),
                            new Slice(0, body.length),
                            response.getBufferSize(),
                            request.getRemoteAddr(),
                            streams,
                            end)
                    .start();
        } catch (IOException | RuntimeException | Error e) {
            end.ended(0, ResponseEnd.STOPPED);
            throw e;
        }
    }

    private void suspend(HttpServletRequest request, CompletionStage<Reply> pending) {
        request.setAttribute(PENDING, pending);
        SuspendedRequest suspended = streams.suspend(request);
        var unused = pending.whenCompleteAsync((reply, failure) -> suspended.resume(), streams.pumps());
    }
}
