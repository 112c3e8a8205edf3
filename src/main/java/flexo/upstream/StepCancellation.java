package flexo.upstream;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;

/**
 * Cancels a request at whichever step the library is: leasing a connection, connecting, or the exchange itself.
 *
 * <p>The library remembers only the step registered last, and registers a step after it has begun. A step that
 * completes at once, such as leasing a kept-alive connection, has begun the next step by then and overwrites it; so
 * cancelling such a request would cancel nothing, and its body would keep coming. Here all steps are remembered and
 * cancelled.
 */
final class StepCancellation implements AsyncExecChainHandler {
    @Override
    public void execute(
            HttpRequest request,
            AsyncEntityProducer entity,
            AsyncExecChain.Scope scope,
            AsyncExecChain chain,
            AsyncExecCallback callback)
            throws HttpException, IOException {
        Steps steps = new Steps();
        scope.cancellableDependency.setDependency(steps);
        chain.proceed(
                request,
                entity,
                new AsyncExecChain.Scope(
                        scope.exchangeId,
                        scope.route,
                        scope.originalRequest,
                        steps,
                        scope.clientContext,
                        scope.execRuntime,
                        scope.scheduler,
                        scope.execCount),
                callback);
    }

    /** All steps of one request so far: a few, and a few more for each redirect. Thread-safe by its monitor. */
    private static final class Steps implements CancellableDependency {
        private final List<Cancellable> begun = new ArrayList<>();
        private boolean cancelled;

        @Override
        public void setDependency(Cancellable step) {
            synchronized (this) {
                if (!cancelled) {
                    begun.add(step);
                    return;
                }
            }
            step.cancel();
        }

        @Override
        public synchronized boolean isCancelled() {
            return cancelled;
        }

        /** Completed steps ignore it. Outside the monitor, since a step calls its listeners. */
        @Override
        public boolean cancel() {
            List<Cancellable> steps;
            synchronized (this) {
                if (cancelled) {
                    return false;
                }
                cancelled = true;
                steps = new ArrayList<>(begun);
                begun.clear();
            }
            steps.forEach(Cancellable::cancel);
            return true;
        }
    }
}
