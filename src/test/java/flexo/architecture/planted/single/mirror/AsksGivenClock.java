package flexo.architecture.planted.single.mirror;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Nothing is wrong with it: the clock and the executor are given. */
final class AsksGivenClock {
    private AsksGivenClock() {}

    static CompletableFuture<Instant> later(Clock clock, Executor executor) {
        return CompletableFuture.supplyAsync(() -> Instant.now(clock), executor);
    }
}
