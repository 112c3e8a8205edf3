package flexo.web;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import flexo.cache.DiskFailure;
import flexo.download.DownloadFailedException;
import flexo.download.DownloadFailure;
import flexo.download.FileSource;
import flexo.download.Opened;
import flexo.web.ByteRange.Slice;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Serves every file of the mirror's layout.
 *
 * <p>A file that is available is served on the container's thread: a small one directly, others by the container's
 * sendfile if it has one. A file that has to be fetched holds no thread: the request is suspended until the head is
 * known, and dispatched back to this servlet, which then serves it as if it had been there from the start. So headers
 * are always written by a container thread.
 */
public final class FileServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** The size of one read and write of a stream; the container buffers twice as much for each. */
    private static final int BUFFER_BYTES = 16 * 1024;

    /** Tomcat's sendfile attributes; other containers do not set the first, so the others are never used. */
    private static final String SENDFILE = "org.apache.tomcat.sendfile.";

    private static final String PENDING = FileServlet.class.getName() + ".pending";
    private static final String CUT = FileServlet.class.getName() + ".cut";

    private final transient FileSource files;
    private final transient ClientStreams streams;
    private final transient RequestLog requestLog;
    private final transient FrontDoor frontDoor;
    private final transient HandedOver handedOver;
    private final transient HandoverToProxy toProxy;

    /** The state with which a suspended request is dispatched back. */
    private record Pending(ClientRequest request, ServedRequest served, CompletionStage<Opened> opening) {}

    /**
     * Serves files from a source.
     *
     * @param toProxy the handover to proxies
     * @param frontPage for browsers that ask for no file
     */
    public FileServlet(
            FileSource files,
            ClientStreams streams,
            HandoverToProxy toProxy,
            RequestLog requestLog,
            FrontPage frontPage) {
        this.files = files;
        this.toProxy = toProxy;
        this.streams = streams;
        this.requestLog = requestLog;
        this.frontDoor = new FrontDoor(toProxy.proxies(), frontPage);
        this.handedOver = new HandedOver(streams.timer());
    }

    /** Dispatches a started response back to its servlet, which drops it with its connection. */
    static void cut(AsyncContext async, String reason) {
        async.getRequest().setAttribute(CUT, reason);
        async.dispatch();
    }

    /** Drops a response that was dispatched back for that purpose. */
    static void throwIfCut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object cut = request.getAttribute(CUT);
        if (cut != null) {
            throw CutResponseException.of(response, cut.toString());
        }
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            goOn(request, response);
            return;
        }
        String rawPath =
                request.getRequestURI().substring(request.getContextPath().length());
        ServedRequest served = requestLog.begin(request);
        switch (request.getMethod()) {
            case "GET", "HEAD" -> open(request, response, rawPath, served);
            default -> {
                response.setHeader("Allow", "GET, HEAD");
                refuse(response, served, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "Only GET and HEAD are answered.");
            }
        }
    }

    private void open(HttpServletRequest request, HttpServletResponse response, String rawPath, ServedRequest served)
            throws IOException {
        Optional<Reply> words = frontDoor.answer(request, rawPath);
        if (words.isPresent()) {
            words.get().send(response);
            served.refused(words.get().status(), "no file was asked for");
            return;
        }
        RepositoryPath path;
        try {
            path = RepositoryPath.parse(rawPath);
        } catch (RefusedPathException e) {
            refuse(response, served, ErrorAnswer.status(e.reason()), e.getMessage());
            return;
        }
        ClientRequest clientRequest = ClientRequest.of(request, path, served.client());
        CompletionStage<Opened> opening;
        try {
            opening = open(clientRequest);
        } catch (IllegalArgumentException e) {
            refuse(response, served, HttpServletResponse.SC_BAD_REQUEST, e.getMessage());
            return;
        } catch (IOException e) {
            ErrorAnswer.write(
                    response,
                    HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
                    path + ": the cache directory cannot be read; the log says why.");
            served.refused(
                    HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
                    "the cache directory cannot be read: " + DiskFailure.reason(e));
            return;
        }
        Pending pending = new Pending(clientRequest, served, opening);
        if (opening.toCompletableFuture().isDone()) {
            answer(request, response, pending);
            return;
        }
        request.setAttribute(PENDING, pending);
        SuspendedRequest suspended = streams.suspend(request);
        opening.whenCompleteAsync(
                (opened, failure) -> {
                    if (!suspended.resume() && opened != null) {
                        opened.content().close();
                    }
                },
                streams.pumps());
    }

    private CompletionStage<Opened> open(ClientRequest request) throws IOException {
        if (request.onlyIfCached()) {
            return files.openCached(request.path(), request.client());
        }
        return request.headOnly()
                ? files.openHead(request.path(), request.client())
                : files.open(request.path(), request.client());
    }

    /** How long a request may take is decided by the deadlines of downloads and clients, not by the container's. */
    private static AsyncContext suspend(HttpServletRequest request) {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        return async;
    }

    /** Resumes a suspended request: its file is open, or its response is to be dropped. */
    private void goOn(HttpServletRequest request, HttpServletResponse response) throws IOException {
        throwIfCut(request, response);
        Pending pending = (Pending) request.getAttribute(PENDING);
        request.removeAttribute(PENDING);
        answer(request, response, pending);
    }

    /** Answers a request whose file is open, or could not be opened. */
    private void answer(HttpServletRequest request, HttpServletResponse response, Pending pending) throws IOException {
        Opened opened;
        try {
            opened = pending.opening().toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof DownloadFailedException failed) {
                DownloadFailure failure = failed.failure();
                if (failure.reason() == DownloadFailure.Reason.NOT_CACHED) {
                    notCached(response, pending);
                    return;
                }
                String advice = failure.reason() == DownloadFailure.Reason.NOT_FOUND
                        ? frontDoor.advice(request, pending.request().path())
                        : "";
                Reply reply = ErrorAnswer.of(failure, failure.message() + advice);
                reply.send(response);
                pending.served().refused(reply.status(), failure.message());
                return;
            }
            throw new IOException(pending.request().path() + ": could not be opened", e.getCause());
        }
        boolean asksAhead = pending.request().range().isPresent() && opened.origin() == Opened.Origin.JOINED;
        if (pending.request().onlyIfCached() && asksAhead) {
            // What has not arrived would be fetched for it.
            opened.content().close();
            notCached(response, pending);
            return;
        }
        try {
            send(request, response, pending, opened);
        } catch (IOException | RuntimeException e) {
            opened.content().close();
            throw e;
        }
    }

    private static void notCached(HttpServletResponse response, Pending pending) throws IOException {
        ErrorAnswer.write(
                response,
                HttpServletResponse.SC_GATEWAY_TIMEOUT,
                pending.request().path() + ": it is not in the cache");
        pending.served().notCached();
    }

    /** Whoever is given the content closes it; only a failure before that is the caller's. */
    private void send(HttpServletRequest request, HttpServletResponse response, Pending pending, Opened opened)
            throws IOException {
        Content content = opened.content();
        ContentHead head = content.head();
        if (!head.isLengthKnown() && request.getProtocol().equals("HTTP/1.0")) {
            content.close();
            refuse(
                    response,
                    pending.served(),
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    pending.request().path() + ": nobody knows yet how long it is, and HTTP/1.0 could not tell"
                            + " its end from a broken connection. Ask again in a while, or by HTTP/1.1.");
            return;
        }
        ResponsePlan plan = ResponsePlan.of(pending.request(), head);
        boolean body = plan.slice().isPresent() && !pending.request().headOnly();
        opened.age().ifPresent(age -> writeStale(response, age));
        Optional<HandoverToProxy.Header> sentByProxy =
                plan.slice().isPresent() && !pending.request().headOnly()
                        ? content.wholeFile().flatMap(file -> toProxy.of(request, file))
                        : Optional.empty();
        if (sentByProxy.isPresent()) {
            // The proxy sees the conditions and ranges of the request, and knows the length.
            response.setHeader(
                    PayloadOrigin.HEADER, PayloadOrigin.of(opened.origin()).headerValue());
            response.setContentType("application/octet-stream");
            response.setHeader(sentByProxy.get().name(), sentByProxy.get().value());
            ServedRequest.End end = pending.served().opened(plan.status(), opened.origin(), content.source());
            handedOver.closeSoon(content);
            end.ended(plan.slice().get().length(), ResponseEnd.HANDED_OVER);
            return;
        }
        writeHead(response, plan, head, body ? PayloadOrigin.of(opened.origin()) : PayloadOrigin.NO_PAYLOAD);
        ServedRequest.End end = pending.served().opened(plan.status(), opened.origin(), content.source());
        if (!body) {
            content.close();
            end.ended(0, ResponseEnd.WHOLE);
            return;
        }
        Slice slice = plan.slice().get();
        boolean mayBlock = ThreadGuard.mayBlock(request);
        if (mayBlock && SmallBodies.write(response, content, slice, end)) {
            return;
        }
        Optional<Path> whole = content.wholeFile();
        // For sendfile the container writes the head itself, and blocks.
        if (mayBlock && whole.isPresent() && mayUseSendfile(request)) {
            sendByContainer(request, whole.get(), slice);
            handedOver.closeSoon(content);
            end.ended(slice.length(), ResponseEnd.HANDED_OVER);
        } else if (streams.full(pending.request().client().address())) {
            content.close();
            response.reset();
            refuse(
                    response,
                    pending.served(),
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "There is no memory for one more client at present; a larger heap (-Xmx) would serve more.");
        } else {
            response.setBufferSize(BUFFER_BYTES);
            int bufferBytes = Math.min(BUFFER_BYTES, response.getBufferSize());
            AsyncContext async = suspend(request);
            String client = pending.request().client().address();
            new ClientStream(async, response.getOutputStream(), content, slice, bufferBytes, client, streams, end)
                    .start();
        }
    }

    /** RFC 9111, section 5.1; and the {@code Warning} of its predecessor, RFC 7234, section 5.5, for people. */
    private static void writeStale(HttpServletResponse response, Duration age) {
        response.setHeader("Age", Long.toString(Math.max(0, age.toSeconds())));
        response.setHeader("Warning", "110 - \"Response is Stale\"");
    }

    private static void writeHead(
            HttpServletResponse response, ResponsePlan plan, ContentHead head, PayloadOrigin origin) {
        response.setStatus(plan.status());
        response.setHeader(PayloadOrigin.HEADER, origin.headerValue());
        if (head.isLengthKnown()) {
            response.setHeader("Accept-Ranges", "bytes");
        }
        response.setDateHeader("Last-Modified", head.lastModified().toEpochMilli());
        switch (plan.status()) {
            case ResponsePlan.RANGE_NOT_SATISFIABLE -> {
                response.setHeader("Content-Range", "bytes */" + head.lengthBytes());
                response.setContentLength(0);
            }
            case ResponsePlan.PARTIAL_CONTENT -> {
                Slice slice = plan.slice().get();
                response.setHeader(
                        "Content-Range", "bytes " + slice.start() + "-" + (slice.end() - 1) + "/" + head.lengthBytes());
                writeEntityHead(response, slice.length());
            }
            case ResponsePlan.OK -> {
                if (head.isLengthKnown()) {
                    writeEntityHead(response, head.lengthBytes());
                } else {
                    response.setContentType("application/octet-stream");
                }
            }
            default -> {
                // A 304 has only the headers set above.
            }
        }
    }

    private static void writeEntityHead(HttpServletResponse response, long lengthBytes) {
        response.setContentType("application/octet-stream");
        response.setContentLengthLong(lengthBytes);
    }

    /** Never after startAsync: the response would stay empty. */
    private static boolean mayUseSendfile(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.REQUEST
                && Boolean.TRUE.equals(request.getAttribute(SENDFILE + "support"));
    }

    private static void sendByContainer(HttpServletRequest request, Path file, Slice slice) {
        request.setAttribute(SENDFILE + "filename", file.toAbsolutePath().toString());
        request.setAttribute(SENDFILE + "start", slice.start());
        request.setAttribute(SENDFILE + "end", slice.end());
    }

    private static void refuse(HttpServletResponse response, ServedRequest served, int status, String message)
            throws IOException {
        ErrorAnswer.write(response, status, message);
        served.refused(status, message);
    }
}
