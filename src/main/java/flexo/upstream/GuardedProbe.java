package flexo.upstream;

import flexo.mirror.Mirror;
import flexo.mirror.MirrorProbe;
import flexo.mirror.ProbeResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/**
 * Probes the mirrors of a status document, except those at private addresses if the document came from the internet:
 * its author could otherwise make us send requests into our own network (SSRF).
 */
public final class GuardedProbe implements MirrorProbe {
    private final MirrorProbe probe;
    private final UpstreamConnections connections;
    private final BooleanSupplier fromInternet;
    private final Executor resolving;

    /**
     * Guards a probe.
     *
     * @param connections recognise private addresses, and know whether they are refused
     * @param fromInternet whether a server on the internet named the mirrors
     * @param resolving resolves names; may block
     */
    public GuardedProbe(
            MirrorProbe probe, UpstreamConnections connections, BooleanSupplier fromInternet, Executor resolving) {
        this.probe = probe;
        this.connections = connections;
        this.fromInternet = fromInternet;
        this.resolving = resolving;
    }

    @Override
    public CompletionStage<ProbeResult> probe(Mirror mirror, Duration timeout) {
        if (!fromInternet.getAsBoolean()) {
            return probe.probe(mirror, timeout);
        }
        CompletableFuture<Boolean> refused = new CompletableFuture<>();
        try {
            resolving.execute(() -> {
                try {
                    refused.complete(connections.refusesAsPrivate(mirror.base()));
                } catch (RuntimeException e) {
                    refused.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException stopped) {
            return CompletableFuture.completedStage(new ProbeResult.Unanswered("it is not asked any more"));
        }
        return refused.thenCompose(isRefused -> isRefused
                ? CompletableFuture.completedStage(new ProbeResult.Unanswered(
                        "it is at a private address; allow_private_redirects would allow that"))
                : probe.probe(mirror, timeout));
    }
}
