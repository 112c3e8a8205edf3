package flexo.architecture.planted.single.mirror;

import java.time.InstantSource;

final class AsksForSystemSource {
    private AsksForSystemSource() {}

    static InstantSource time() {
        return InstantSource.system();
    }
}
