package flexo.architecture.planted.single.mirror;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

final class MakesPoolByReference {
    private MakesPoolByReference() {}

    static Supplier<ExecutorService> pools() {
        return Executors::newCachedThreadPool;
    }
}
