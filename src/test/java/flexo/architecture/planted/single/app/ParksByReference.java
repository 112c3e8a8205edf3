package flexo.architecture.planted.single.app;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

final class ParksByReference {
    private ParksByReference() {}

    static LongConsumer pauses() {
        return LockSupport::parkNanos;
    }
}
