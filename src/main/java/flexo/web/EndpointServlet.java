package flexo.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Answers the requests to one {@link Endpoint}: which methods, who may give orders, and no thread while it waits. */
public final class EndpointServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String PENDING = EndpointServlet.class.getName() + ".pending";

    private final transient Endpoint endpoint;
    private final transient Steering steering;
    private final transient ClientStreams streams;

    /**
     * Answers for an endpoint.
     *
     * @param steering who may give orders
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
            reply((CompletionStage<?>) request.getAttribute(PENDING)).send(response);
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
        Optional<Reply> refusal = isOrder ? steering.refusal(request) : Optional.empty();
        if (refusal.isPresent()) {
            refusal.get().send(response);
            return;
        }
        CompletionStage<Reply> pending = action.get().answer(request);
        if (pending.toCompletableFuture().isDone()) {
            reply(pending).send(response);
        } else {
            suspend(request, pending);
        }
    }

    private static Reply reply(CompletionStage<?> pending) {
        return (Reply) pending.toCompletableFuture().join();
    }

    private void suspend(HttpServletRequest request, CompletionStage<Reply> pending) {
        request.setAttribute(PENDING, pending);
        SuspendedRequest suspended = streams.suspend(request);
        var unused = pending.whenCompleteAsync((reply, failure) -> suspended.resume(), streams.pumps());
    }
}
