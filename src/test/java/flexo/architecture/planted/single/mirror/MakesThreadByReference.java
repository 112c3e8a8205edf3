package flexo.architecture.planted.single.mirror;

import java.util.function.Function;

final class MakesThreadByReference {
    private MakesThreadByReference() {}

    static Function<Runnable, Thread> threads() {
        return Thread::new;
    }
}
