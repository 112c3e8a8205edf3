package flexo.architecture.planted.single.mirror;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

final class MakesPool {
    private MakesPool() {}

    static ExecutorService pool() {
        return Executors.newCachedThreadPool();
    }
}
