package flexo.architecture.planted.single.mirror;

import java.time.Clock;

final class AsksForSystemClock {
    private AsksForSystemClock() {}

    static Clock time() {
        return Clock.systemUTC();
    }
}
