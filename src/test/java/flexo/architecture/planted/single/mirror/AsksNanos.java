package flexo.architecture.planted.single.mirror;

final class AsksNanos {
    private AsksNanos() {}

    static long time() {
        return System.nanoTime();
    }
}
