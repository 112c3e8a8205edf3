package flexo.architecture.planted.single.mirror;

import java.util.function.LongSupplier;

final class AsksNanosByReference {
    private AsksNanosByReference() {}

    static LongSupplier time() {
        return System::nanoTime;
    }
}
