package flexo.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Answers the requests to one {@link Endpoint}: which methods, who may give orders, and no thread while it waits. */
public final class EndpointServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(EndpointServlet.class.getName());
    private static final String PENDING = EndpointServlet.class.getName() + ".pending";

    private final transient Endpoint endpoint;
    private final transient Steering steering;
    private final transient Executor pumps;

    /**
     * Answers for an endpoint.
     *
     * @param steering who may give orders
     * @param pumps dispatches requests that have waited
     */
    public EndpointServlet(Endpoint endpoint, Steering steering, Executor pumps) {
        this.endpoint = endpoint;
        this.steering = steering;
        this.pumps = pumps;
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
        AsyncContext async = request.startAsync();
        // How long it takes is decided by who answers.
        async.setTimeout(0);
        var unused = pending.whenCompleteAsync((reply, failure) -> resume(async), pumps);
    }

    private static void resume(AsyncContext async) {
        try {
            async.dispatch();
        } catch (IllegalStateException e) {
            LOG.log(Level.FINE, "The container has ended a request that was waiting for its answer", e);
        }
    }
}
