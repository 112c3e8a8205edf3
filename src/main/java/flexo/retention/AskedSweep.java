package flexo.retention;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Single flight for sweeps: everybody who asks before a sweep has begun gets the same one. Safe for threads. */
final class AskedSweep {
    private final Supplier<SweepReport> work;

    // Guarded by the monitor:

    /** The answer of the sweep that has not begun; null if nobody has asked for one. */
    private CompletableFuture<SweepReport> waiting;

    private boolean stopped;

    /**
     * Nobody has asked yet.
     *
     * @param work the sweep
     */
    AskedSweep(Supplier<SweepReport> work) {
        this.work = work;
    }

    /**
     * Asks for it.
     *
     * @param executor takes the sweep, unless one waits there already; must not run it on this thread
     * @return the report; fails if the application stops before
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

    /** Lets everybody who waits know that nothing is swept any more. */
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
