package flexo.architecture.planted.single.mirror;

final class AsksMillis {
    private AsksMillis() {}

    static long time() {
        return System.currentTimeMillis();
    }
}
