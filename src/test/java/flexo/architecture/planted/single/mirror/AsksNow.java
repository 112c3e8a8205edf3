package flexo.architecture.planted.single.mirror;

import java.time.Instant;

final class AsksNow {
    private AsksNow() {}

    static Instant time() {
        return Instant.now();
    }
}
