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
 * Asks the mirrors of a status document, but none at a private address if a server on the internet has named it: whoever
 * writes that document could otherwise have us ask machines of our own network.
 */
public final class GuardedProbe implements MirrorProbe {
    private final MirrorProbe probe;
    private final UpstreamConnections connections;
    private final BooleanSupplier fromInternet;
    private final Executor resolving;

    /**
     * Guards a probe.
     *
     * @param connections know what is private, and whether that matters
     * @param fromInternet whether the mirrors were named by a server on the internet
     * @param resolving runs what waits for the resolution of a name
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
