package flexo.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What one path answers that is no file. {@link EndpointServlet} decides who may ask, and speaks HTTP.
 *
 * @param question what GET and HEAD are answered with
 * @param confidential whether the question, too, is only for those who may steer
 * @param order what POST does; only for those who may steer
 */
public record Endpoint(Optional<Action> question, Optional<Action> order, boolean confidential) {
    /** One of the two. */
    @FunctionalInterface
    interface Action {
        /**
         * Answers a request. Called by a container thread, so what takes time is waited for by what comes back.
         *
         * @return the answer, now or later; it never fails
         */
        CompletionStage<Reply> answer(HttpServletRequest request);
    }

    static Endpoint of(Action question, Action order) {
        return new Endpoint(Optional.of(question), Optional.of(order), false);
    }

    static Endpoint asking(Action question) {
        return new Endpoint(Optional.of(question), Optional.empty(), false);
    }

    /** A question whose answer is not for strangers. */
    static Endpoint askingInConfidence(Action question) {
        return new Endpoint(Optional.of(question), Optional.empty(), true);
    }

    static Endpoint ordering(Action order) {
        return new Endpoint(Optional.empty(), Optional.of(order), false);
    }

    /** An action that is done at once. */
    static Action now(Function<HttpServletRequest, Reply> action) {
        return request -> CompletableFuture.completedFuture(action.apply(request));
    }

    /** The methods it answers, as the header {@code Allow} has them. */
    public String methods() {
        return (question.isPresent() ? "GET, HEAD" : "")
                + (question.isPresent() && order.isPresent() ? ", " : "")
                + (order.isPresent() ? "POST" : "");
    }
}
