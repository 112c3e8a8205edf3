package flexo.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The query parameters of a request. Those in a body are not read: the container would block for it. */
record Query(Map<String, String> values) {
    private static final Logger LOG = Logger.getLogger(Query.class.getName());

    /** The response to an invalid or impossible request. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Reply reply;

        RefusedException(int status, String why) {
            super(why);
            reply = ErrorAnswer.of(status, why);
        }

        Reply reply() {
            return reply;
        }
    }

    /** Answers a query, or refuses it. */
    @FunctionalInterface
    interface Answer {
        CompletionStage<Reply> to(Query query) throws RefusedException;
    }

    /** Work on the disk that completes now or later. */
    @FunctionalInterface
    interface Deed {
        CompletionStage<Reply> begun() throws IOException, RefusedException;
    }

    /** Work on the disk that completes now. */
    @FunctionalInterface
    interface ShortDeed {
        Reply done() throws IOException, RefusedException;
    }

    /**
     * An action that answers requests by their parameters.
     *
     * @param names the known parameters
     */
    static Endpoint.Action action(List<String> names, Answer answer) {
        return request -> {
            try {
                return answer.to(of(request, names));
            } catch (RefusedException e) {
                return CompletableFuture.completedFuture(e.reply());
            }
        };
    }

    /** Runs work on an executor; a failure becomes a response, too. */
    static CompletionStage<Reply> elsewhere(Executor executor, ShortDeed deed) {
        return begunElsewhere(executor, () -> CompletableFuture.completedFuture(deed.done()));
    }

    /** The same for work that takes longer than a thread should be held. */
    static CompletionStage<Reply> begunElsewhere(Executor executor, Deed deed) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return deed.begun();
                            } catch (RefusedException e) {
                                return CompletableFuture.<Reply>completedFuture(e.reply());
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        executor)
                .thenCompose(reply -> reply)
                .exceptionally(failure -> {
                    LOG.log(Level.WARNING, "A request to /api/v1 failed", failure);
                    return ErrorAnswer.of(
                            HttpServletResponse.SC_INTERNAL_SERVER_ERROR, "That could not be done; the log says why.");
                });
    }

    private static Query of(HttpServletRequest request, List<String> names) throws RefusedException {
        Map<String, String> values = new HashMap<>();
        String query = Optional.ofNullable(request.getQueryString()).orElse("");
        for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            String[] sides = pair.split("=", 2);
            if (sides.length < 2 || !names.contains(sides[0]) || values.containsKey(sides[0])) {
                throw new RefusedException(
                        HttpServletResponse.SC_BAD_REQUEST,
                        names.isEmpty()
                                ? "There are no parameters here."
                                : "The parameters are " + String.join(", ", names)
                                        + ", each at most once, as name=value.");
            }
            try {
                values.put(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new RefusedException(
                        HttpServletResponse.SC_BAD_REQUEST, "The value of " + sides[0] + " is not percent-encoded.");
            }
        }
        return new Query(Map.copyOf(values));
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).filter(text -> !text.isEmpty());
    }

    /** A required parameter. */
    String demanded(String name) throws RefusedException {
        return value(name)
                .orElseThrow(() -> new RefusedException(
                        HttpServletResponse.SC_BAD_REQUEST, "The parameter " + name + " is missing."));
    }

    /** A converted parameter; an invalid one is refused. */
    <T> T as(String name, Function<String, Optional<T>> reading, String form) throws RefusedException {
        return reading.apply(demanded(name))
                .orElseThrow(
                        () -> new RefusedException(HttpServletResponse.SC_BAD_REQUEST, name + " is no " + form + "."));
    }
}
