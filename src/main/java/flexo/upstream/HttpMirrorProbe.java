package flexo.upstream;

import flexo.download.MirrorResponse;
import flexo.download.MirrorResponseListener;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorProbe;
import flexo.mirror.ProbeResult;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;

/**
 * Requests the head of a mirror's {@code core.db}, like the original Flexo's latency test; with a GET of one byte if
 * HEAD is refused.
 *
 * <p>The name is resolved first, so that it is in the JVM's cache when the clock starts: resolution says nothing about
 * the mirror. Behind a proxy that is the proxy's task.
 */
public final class HttpMirrorProbe implements MirrorProbe {
    private static final String DATABASE = "core/os/x86_64/core.db";
    private static final int FORBIDDEN = 403;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int NOT_IMPLEMENTED = 501;

    private final UpstreamConnections connections;
    private final Executor resolving;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;

    /**
     * Uses these connections.
     *
     * @param resolving resolves names; may block
     * @param timer enforces timeouts
     * @param nanoTime as {@link System#nanoTime}
     */
    public HttpMirrorProbe(
            UpstreamConnections connections,
            Executor resolving,
            ScheduledExecutorService timer,
            LongSupplier nanoTime) {
        this.connections = connections;
        this.resolving = resolving;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    @Override
    public CompletionStage<ProbeResult> probe(Mirror mirror, Duration timeout) {
        CompletableFuture<ProbeResult> result = new CompletableFuture<>();
        resolving.execute(() -> {
            try {
                if (!connections.goesThroughProxy(mirror.base())) {
                    InetAddress[] unused =
                            InetAddress.getAllByName(mirror.base().getHost());
                }
            } catch (UnknownHostException e) {
                result.complete(new ProbeResult.Unanswered("its name cannot be resolved"));
                return;
            }
            try {
                ask(AsyncRequestBuilder.head(), mirror, timeout)
                        .thenCompose(head -> refusesHead(head) ? askForByte(mirror, timeout) : completed(head))
                        .whenComplete((answer, failure) -> result.complete(
                                failure == null ? answer : new ProbeResult.Unanswered(String.valueOf(failure))));
            } catch (RejectedExecutionException stopped) {
                result.complete(new ProbeResult.Unanswered("it is not asked any more"));
            } catch (RuntimeException e) {
                // A test waits for each of its mirrors.
                result.complete(new ProbeResult.Unanswered("it could not be asked: " + e));
            }
        });
        return result;
    }

    private static boolean refusesHead(ProbeResult head) {
        return head instanceof ProbeResult.Answered answered
                && (answered.status() == METHOD_NOT_ALLOWED
                        || answered.status() == NOT_IMPLEMENTED
                        || answered.status() == FORBIDDEN);
    }

    private CompletionStage<ProbeResult> askForByte(Mirror mirror, Duration timeout) {
        return ask(AsyncRequestBuilder.get().addHeader("Range", "bytes=0-0"), mirror, timeout);
    }

    private static CompletionStage<ProbeResult> completed(ProbeResult result) {
        return CompletableFuture.completedStage(result);
    }

    private CompletionStage<ProbeResult> ask(AsyncRequestBuilder request, Mirror mirror, Duration timeout) {
        CompletableFuture<ProbeResult> result = new CompletableFuture<>();
        Addressed address = Addressed.to(mirror.base().resolve(DATABASE));
        ResponseEvents events = new ResponseEvents(new Answer(result, nanoTime), address.context());
        Runnable cancel = connections.execute(
                request.setUri(address.uri()).build(),
                new ResponseConsumer(events, SpeedLimit.none()),
                address.context(),
                events);
        ScheduledFuture<?> limit = timer.schedule(
                () -> {
                    result.complete(new ProbeResult.Unanswered("no answer within " + timeout.toMillis() + " ms"));
                    cancel.run();
                },
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
        var unused = result.whenComplete((answer, failure) -> limit.cancel(false));
        return result;
    }

    /** Turns the response's head into a result; refuses the body. */
    private static final class Answer implements MirrorResponseListener {
        private final CompletableFuture<ProbeResult> result;
        private final LongSupplier nanoTime;
        private final long startNanos;

        Answer(CompletableFuture<ProbeResult> result, LongSupplier nanoTime) {
            this.result = result;
            this.nanoTime = nanoTime;
            this.startNanos = nanoTime.getAsLong();
        }

        @Override
        public boolean onResponse(MirrorResponse mirrorResponse) {
            result.complete(new ProbeResult.Answered(
                    mirrorResponse.status(),
                    Duration.ofNanos(nanoTime.getAsLong() - startNanos),
                    mirrorResponse.server().toLowerCase(Locale.ROOT).startsWith("cloudflare"),
                    mirrorResponse.lastModified().orElse(null)));
            return false;
        }

        @Override
        public void onBytes(ByteBuffer bytes) {
            // Refused.
        }

        @Override
        public void onEnd() {
            // Refused.
        }

        @Override
        public void onFailure(MirrorFailure failure, String detail, boolean staleConnection) {
            result.complete(new ProbeResult.Unanswered(detail));
        }
    }
}
