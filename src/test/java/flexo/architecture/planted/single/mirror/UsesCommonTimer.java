package flexo.architecture.planted.single.mirror;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

final class UsesCommonTimer {
    private UsesCommonTimer() {}

    static CompletableFuture<Void> limit(CompletableFuture<Void> work) {
        return work.orTimeout(1, TimeUnit.SECONDS);
    }
}
