package flexo.upstream;

import flexo.mirror.MirrorStatus;
import flexo.mirror.MirrorStatusJson;
import flexo.mirror.StatusDocuments;
import flexo.mirror.UnusableDocumentException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;

/** Fetches the mirror status document from the first endpoint, a server or a file, that has a valid one. */
public final class HttpStatusDocuments implements StatusDocuments {
    private static final int OK = 200;
    /** The real one has some 500 KiB. */
    private static final int MAX_BYTES = 4 * 1024 * 1024;
    /** For one endpoint; no request waits for it, and a slow line needs time. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final UpstreamConnections connections;
    private final List<URI> endpoints;
    private final Executor connecting;
    private final ScheduledExecutorService timer;
    private volatile boolean fromInternet;

    /**
     * Fetches from these endpoints, in this order.
     *
     * @param connecting runs steps that may block on a name server
     * @param timer enforces the timeout
     */
    public HttpStatusDocuments(
            UpstreamConnections connections, List<URI> endpoints, Executor connecting, ScheduledExecutorService timer) {
        this.connections = connections;
        this.endpoints = List.copyOf(endpoints);
        this.connecting = connecting;
        this.timer = timer;
    }

    /** Whether the last document came from a server on the internet; false before the first. */
    public boolean cameFromInternet() {
        return fromInternet;
    }

    @Override
    public CompletionStage<List<MirrorStatus>> fetch() {
        return fetch(0, new ArrayList<>());
    }

    private CompletionStage<List<MirrorStatus>> fetch(int endpoint, List<String> complaints) {
        if (endpoint == endpoints.size()) {
            return CompletableFuture.failedStage(new IOException(String.join("; ", complaints)));
        }
        return document(endpoints.get(endpoint))
                .thenCompose(HttpStatusDocuments::parse)
                .handle((statuses, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedStage(statuses);
                    }
                    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                    String host = place(endpoints.get(endpoint)) + ": ";
                    String complaint = String.valueOf(cause.getMessage());
                    // The message about an unresolved name already contains it.
                    complaints.add(complaint.startsWith(host) ? complaint : host + complaint);
                    return fetch(endpoint + 1, complaints);
                })
                .thenCompose(next -> next);
    }

    private static String place(URI endpoint) {
        return isFile(endpoint) ? endpoint.getPath() : endpoint.getHost();
    }

    private static boolean isFile(URI endpoint) {
        return "file".equals(endpoint.getScheme());
    }

    private static CompletionStage<List<MirrorStatus>> parse(byte[] document) {
        try {
            return CompletableFuture.completedStage(MirrorStatusJson.parse(document));
        } catch (UnusableDocumentException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<byte[]> document(URI endpoint) {
        CompletableFuture<byte[]> document = new CompletableFuture<>();
        connecting.execute(() -> {
            try {
                if (isFile(endpoint)) {
                    read(Path.of(endpoint), document);
                } else {
                    request(Addressed.to(endpoint), document);
                }
            } catch (RejectedExecutionException stopped) {
                document.completeExceptionally(new IOException("not asked any more"));
            }
        });
        return document;
    }

    private void read(Path file, CompletableFuture<byte[]> document) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("more than " + MAX_BYTES + " bytes");
            }
            fromInternet = false;
            document.complete(bytes);
        } catch (NoSuchFileException e) {
            document.completeExceptionally(new IOException("there is no such file"));
        } catch (IOException e) {
            document.completeExceptionally(e);
        }
    }

    private void request(Addressed address, CompletableFuture<byte[]> document) {
        Runnable cancel = connections.execute(
                AsyncRequestBuilder.get(address.uri())
                        .addHeader("Accept", "application/json")
                        .build(),
                new BasicResponseConsumer<>(new BoundedBody(MAX_BYTES)),
                address.context(),
                completing(document, address.context()));
        ScheduledFuture<?> limit = timer.schedule(
                () -> {
                    document.completeExceptionally(new IOException("no answer in " + PATIENCE.toSeconds() + " s"));
                    cancel.run();
                },
                PATIENCE.toMillis(),
                TimeUnit.MILLISECONDS);
        var unused = document.whenComplete((bytes, failure) -> limit.cancel(false));
    }

    private FutureCallback<Message<HttpResponse, byte[]>> completing(
            CompletableFuture<byte[]> document, HttpClientContext context) {
        return new FutureCallback<>() {
            @Override
            public void completed(Message<HttpResponse, byte[]> result) {
                if (result.getHead().getCode() != OK || result.getBody() == null) {
                    document.completeExceptionally(
                            new IOException("status " + result.getHead().getCode()));
                    return;
                }
                fromInternet = connections.cameFromInternet(context);
                document.complete(result.getBody());
            }

            @Override
            public void failed(Exception cause) {
                document.completeExceptionally(cause);
            }

            @Override
            public void cancelled() {
                document.completeExceptionally(new IOException("cancelled"));
            }
        };
    }
}
