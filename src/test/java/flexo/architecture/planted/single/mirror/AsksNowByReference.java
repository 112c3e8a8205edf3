package flexo.architecture.planted.single.mirror;

import java.time.Instant;
import java.util.function.Supplier;

final class AsksNowByReference {
    private AsksNowByReference() {}

    static Supplier<Instant> time() {
        return Instant::now;
    }
}
