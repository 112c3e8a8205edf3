package flexo.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The behaviour of one path that is not a file. {@link EndpointServlet} handles authorisation and HTTP.
 *
 * @param question the response to GET and HEAD
 * @param confidential whether the question requires authorisation, too
 * @param order the action of POST; always requires authorisation
 */
public record Endpoint(Optional<Action> question, Optional<Action> order, boolean confidential) {
    /** A question or an order. */
    @FunctionalInterface
    interface Action {
        /**
         * Handles a request. Runs on a container thread, so slow work must complete the result later.
         *
         * @return the response, now or later; never fails
         */
        CompletionStage<Reply> answer(HttpServletRequest request);
    }

    static Endpoint of(Action question, Action order) {
        return new Endpoint(Optional.of(question), Optional.of(order), false);
    }

    static Endpoint asking(Action question) {
        return new Endpoint(Optional.of(question), Optional.empty(), false);
    }

    /** A question whose answer requires authorisation. */
    static Endpoint askingInConfidence(Action question) {
        return new Endpoint(Optional.of(question), Optional.empty(), true);
    }

    static Endpoint ordering(Action order) {
        return new Endpoint(Optional.empty(), Optional.of(order), false);
    }

    /** An action that completes at once. */
    static Action now(Function<HttpServletRequest, Reply> action) {
        return request -> CompletableFuture.completedFuture(action.apply(request));
    }

    /** The methods allowed, as in the header {@code Allow}. */
    public String methods() {
        return (question.isPresent() ? "GET, HEAD" : "")
                + (question.isPresent() && order.isPresent() ? ", " : "")
                + (order.isPresent() ? "POST" : "");
    }
}
