package flexo.web;

import flexo.prefetch.PackageList;
import flexo.prefetch.Prefetch;
import flexo.prefetch.PrefetchAnswer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code POST /prefetch}: fetches the packages whose names are in the body, one a line as {@code pacman -Qq} prints them,
 * with all that they depend on for {@code ?dependencies=true}; with an empty body, what clients use and is not up to date.
 *
 * <p>It makes us download whatever is asked for, so only programs on this machine may ask: not through a proxy, which would
 * lend its address to others, and not a browser, which would to any web page.
 */
public final class PrefetchServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(PrefetchServlet.class.getName());

    /** More than the names of all packages there are. */
    static final int MOST_BYTES = 1 << 20;

    private static final String PENDING = PrefetchServlet.class.getName() + ".pending";
    private static final List<String> OTHERS =
            List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via", "Origin", "Sec-Fetch-Site");
    /** The one that is right, those that programs send unasked, and none. */
    private static final Set<String> TYPES =
            Set.of("", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream");

    private final transient Prefetch prefetch;
    private final transient Executor executor;

    /**
     * Hands lists on.
     *
     * @param executor takes answers back to the container
     */
    public PrefetchServlet(Prefetch prefetch, Executor executor) {
        this.prefetch = prefetch;
        this.executor = executor;
    }

    /** A request that cannot be granted. */
    private record Refusal(int status, String message) {}

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            answer(request, response);
            return;
        }
        if (!request.getMethod().equals("POST")) {
            ErrorAnswer.methodNotAllowed(response, "POST");
            return;
        }
        Optional<Refusal> refusal = refusal(request);
        byte[] body =
                refusal.isPresent() ? new byte[0] : request.getInputStream().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            refusal = Optional.of(tooLong());
        }
        if (refusal.isEmpty()) {
            PackageList list = PackageList.parse(new String(body, StandardCharsets.UTF_8));
            if (list.mistakes().isEmpty()) {
                ask(request, list.names());
                return;
            }
            refusal = Optional.of(
                    new Refusal(HttpServletResponse.SC_BAD_REQUEST, String.join(".\n", list.mistakes()) + "."));
        }
        ErrorAnswer.write(response, refusal.get().status(), refusal.get().message());
    }

    private static Optional<Refusal> refusal(HttpServletRequest request) {
        if (!isFromThisMachine(request)) {
            return Optional.of(new Refusal(
                    HttpServletResponse.SC_FORBIDDEN,
                    "Only programs on the machine that Flexo runs on may ask for that, and only without a proxy."));
        }
        String type = Optional.ofNullable(request.getContentType()).orElse("");
        if (!TYPES.contains(type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))) {
            return Optional.of(new Refusal(
                    HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE, "A list of package names is text/plain."));
        }
        if (dependencies(request).isEmpty()) {
            return Optional.of(new Refusal(
                    HttpServletResponse.SC_BAD_REQUEST, "All that may be added is ?dependencies=true or =false."));
        }
        return request.getContentLengthLong() > MOST_BYTES ? Optional.of(tooLong()) : Optional.empty();
    }

    private static Refusal tooLong() {
        return new Refusal(
                HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                "A list of package names has at most " + MOST_BYTES + " bytes.");
    }

    private static boolean isFromThisMachine(HttpServletRequest request) {
        try {
            // An address, never a name: nothing is looked up.
            return InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()
                    && OTHERS.stream().allMatch(header -> request.getHeader(header) == null);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Not as a parameter, for which the container would read the body. Empty if it is something else. */
    private static Optional<Boolean> dependencies(HttpServletRequest request) {
        String query = request.getQueryString();
        if (query == null || query.isEmpty() || query.equals("dependencies=false")) {
            return Optional.of(false);
        }
        return query.equals("dependencies=true") ? Optional.of(true) : Optional.empty();
    }

    private void ask(HttpServletRequest request, List<String> names) {
        CompletionStage<PrefetchAnswer> asked = names.isEmpty()
                ? prefetch.updates()
                : prefetch.ahead(names, dependencies(request).orElseThrow());
        request.setAttribute(PENDING, asked);
        AsyncContext async = request.startAsync();
        // How long it takes is decided by the deadlines of the databases' downloads.
        async.setTimeout(0);
        var unused = asked.whenCompleteAsync((answer, failure) -> dispatch(async), executor);
    }

    private static void dispatch(AsyncContext async) {
        try {
            async.dispatch();
        } catch (IllegalStateException e) {
            LOG.log(Level.FINE, "The container has ended a request that was waiting for its answer", e);
        }
    }

    private static void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        PrefetchAnswer answer;
        try {
            answer = (PrefetchAnswer) ((CompletionStage<?>) request.getAttribute(PENDING))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            boolean busy = e.getCause() instanceof IllegalStateException;
            ErrorAnswer.write(
                    response,
                    busy ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
                    busy
                            ? "Nothing is prefetched: " + e.getCause().getMessage() + "."
                            : "What is to be prefetched could not be found out; the log says why.");
            return;
        }
        byte[] json = PrefetchAnswerJson.print(answer).getBytes(StandardCharsets.UTF_8);
        response.setStatus(HttpServletResponse.SC_ACCEPTED);
        response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
        response.setContentType("application/json");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }
}
