package flexo.architecture.planted.single.mirror;

import java.util.concurrent.CompletableFuture;

final class UsesCommonPool {
    private UsesCommonPool() {}

    static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task);
    }
}
