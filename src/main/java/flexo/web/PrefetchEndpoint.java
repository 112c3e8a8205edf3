package flexo.web;

import flexo.prefetch.PackageList;
import flexo.prefetch.Prefetch;
import flexo.prefetch.PrefetchAnswer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code POST /prefetch}: fetches the packages named in the body, one per line as printed by {@code pacman -Qq}, with
 * all dependencies for {@code ?dependencies=true}; with an empty body, updates of the packages that clients use.
 */
final class PrefetchEndpoint {
    private static final Logger LOG = Logger.getLogger(PrefetchEndpoint.class.getName());

    /** More than the names of all packages. */
    static final int MOST_BYTES = 1 << 20;

    /** The right one, those that programs send by default, and none. */
    private static final Set<String> TYPES =
            Set.of("", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream");

    private PrefetchEndpoint() {}

    static Endpoint of(Prefetch prefetch) {
        return Endpoint.ordering(request -> answer(request, prefetch));
    }

    private static CompletionStage<Reply> answer(HttpServletRequest request, Prefetch prefetch) {
        Optional<Reply> refusal = refusal(request);
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(refusal.get());
        }
        byte[] body;
        try {
            body = request.getInputStream().readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            LOG.log(Level.FINE, "A list of packages was cut off", e);
            return CompletableFuture.completedFuture(
                    ErrorAnswer.of(HttpServletResponse.SC_BAD_REQUEST, "The list was cut off."));
        }
        if (body.length > MOST_BYTES) {
            return CompletableFuture.completedFuture(tooLong());
        }
        PackageList list = PackageList.parse(new String(body, StandardCharsets.UTF_8));
        if (!list.mistakes().isEmpty()) {
            return CompletableFuture.completedFuture(
                    ErrorAnswer.of(HttpServletResponse.SC_BAD_REQUEST, String.join(".\n", list.mistakes()) + "."));
        }
        CompletionStage<PrefetchAnswer> asked = list.names().isEmpty()
                ? prefetch.updates()
                : prefetch.ahead(list.names(), dependencies(request).orElseThrow());
        return asked.handle(PrefetchEndpoint::reply);
    }

    private static Optional<Reply> refusal(HttpServletRequest request) {
        String type = Optional.ofNullable(request.getContentType()).orElse("");
        if (!TYPES.contains(type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))) {
            return Optional.of(ErrorAnswer.of(
                    HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE, "A list of package names is text/plain."));
        }
        if (dependencies(request).isEmpty()) {
            return Optional.of(ErrorAnswer.of(
                    HttpServletResponse.SC_BAD_REQUEST, "The only parameter is dependencies, which is true or false."));
        }
        if (request.getContentLengthLong() > MOST_BYTES) {
            return Optional.of(tooLong());
        }
        // The thread that reads the list blocks.
        return ThreadGuard.mayBlock(request)
                ? Optional.empty()
                : Optional.of(ErrorAnswer.of(
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "Other lists are being read; this one can be sent again in some seconds."));
    }

    private static Reply tooLong() {
        return ErrorAnswer.of(
                HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                "A list of package names has at most " + MOST_BYTES + " bytes.");
    }

    /** Not read as a parameter, for which the container would read the body. Empty for anything else. */
    private static Optional<Boolean> dependencies(HttpServletRequest request) {
        String query = request.getQueryString();
        if (query == null || query.isEmpty() || query.equals("dependencies=false")) {
            return Optional.of(false);
        }
        return query.equals("dependencies=true") ? Optional.of(true) : Optional.empty();
    }

    private static Reply reply(PrefetchAnswer answer, Throwable failure) {
        if (failure == null) {
            return Reply.json(HttpServletResponse.SC_ACCEPTED, PrefetchAnswerJson.print(answer));
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof IllegalStateException
                ? ErrorAnswer.of(
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "Nothing is prefetched: " + cause.getMessage() + ".")
                : ErrorAnswer.of(
                        HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
                        "The packages to be prefetched could not be determined; the log says why.");
    }
}
