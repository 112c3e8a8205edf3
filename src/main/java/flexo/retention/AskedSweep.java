package flexo.retention;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Single flight for sweeps: all requests before a sweep begins share it. Thread-safe. */
final class AskedSweep {
    private final Supplier<SweepReport> work;

    // Guarded by the monitor:

    /** The result of the requested sweep, which has not begun; null if none was requested. */
    private CompletableFuture<SweepReport> waiting;

    private boolean stopped;

    /**
     * No sweep is requested yet.
     *
     * @param work the sweep
     */
    AskedSweep(Supplier<SweepReport> work) {
        this.work = work;
    }

    /**
     * Requests a sweep.
     *
     * @param executor takes the sweep, unless one is queued already; must not run it on this thread
     * @return the report; fails if the application stops first
     */
    CompletionStage<SweepReport> ask(Consumer<Runnable> executor) {
        CompletableFuture<SweepReport> report;
        synchronized (this) {
            if (stopped) {
                return CompletableFuture.failedStage(stopping());
            }
            if (waiting != null) {
                return waiting.minimalCompletionStage();
            }
            report = waiting = new CompletableFuture<>();
        }
        executor.accept(() -> answer(report));
        return report.minimalCompletionStage();
    }

    private void answer(CompletableFuture<SweepReport> report) {
        synchronized (this) {
            waiting = null;
        }
        try {
            SweepReport found = work.get();
            if (found.complete()) {
                report.complete(found);
            } else {
                report.completeExceptionally(stopping());
            }
        } catch (RuntimeException | Error e) {
            report.completeExceptionally(e);
            throw e;
        }
    }

    /** Fails all outstanding requests; there are no more sweeps. */
    void stop() {
        CompletableFuture<SweepReport> unanswered;
        synchronized (this) {
            stopped = true;
            unanswered = waiting;
        }
        if (unanswered != null) {
            unanswered.completeExceptionally(stopping());
        }
    }

    private static IllegalStateException stopping() {
        return new IllegalStateException("Flexo is stopping, so nothing is swept");
    }
}
