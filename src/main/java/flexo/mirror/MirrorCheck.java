package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A selector that probes all mirrors at once when a download has run out of time asking one after another.
 *
 * <p>Three silent mirrors exhaust the patience of a client. If thirty mirrors died together, ten clients would fail
 * before all are known to be dead; this way only the first one does. Otherwise no mirror is asked for anything that no
 * client wants. Thread-safe; single flight.
 */
public final class MirrorCheck implements MirrorSelector {
    private static final Logger LOG = Logger.getLogger(MirrorCheck.class.getName());
    /** Long enough for any useful mirror. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** Probes only the first ones of the ranking; if none of them answers, our own line is down. */
    private static final int AT_MOST = 48;

    private final RankedMirrors mirrors;
    private final MirrorProbe probe;
    private final AtomicBoolean running = new AtomicBoolean();

    /** Chooses among mirrors, and probes them. */
    public MirrorCheck(RankedMirrors mirrors, MirrorProbe probe) {
        this.mirrors = mirrors;
        this.probe = probe;
    }

    @Override
    public void prepare(RepositoryPath path) {
        mirrors.prepare(path);
    }

    @Override
    public Optional<MirrorLease> next(RepositoryPath path, Set<Mirror> excluded) {
        return mirrors.next(path, excluded);
    }

    @Override
    public Optional<MirrorLease> lease(RepositoryPath path, Mirror mirror) {
        return mirrors.lease(path, mirror);
    }

    @Override
    public Optional<MirrorLease> again(RepositoryPath path, Mirror mirror) {
        return mirrors.again(path, mirror);
    }

    @Override
    public Optional<Rest> rest(RepositoryPath path) {
        return mirrors.rest(path);
    }

    @Override
    public void ranOutOfTime(RepositoryPath path) {
        if (!running.compareAndSet(false, true)) {
            return;
        }
        List<Mirror> suspects = mirrors.notLeftAlone().stream().limit(AT_MOST).toList();
        AtomicInteger silent = new AtomicInteger();
        CompletableFuture<?>[] checks = suspects.stream()
                .map(mirror -> probe.probe(mirror, TIMEOUT)
                        .handle((answer, failure) -> {
                            if (failure != null || answer instanceof ProbeResult.Unanswered) {
                                silent.incrementAndGet();
                                mirrors.silent(mirror);
                            }
                            return null;
                        })
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        var unused = CompletableFuture.allOf(checks).whenComplete((done, failure) -> {
            running.set(false);
            LOG.log(Level.INFO, "Asked {0} mirrors at once, because several did not answer: {1} did not", new Object[] {
                suspects.size(), silent.get()
            });
        });
    }
}
