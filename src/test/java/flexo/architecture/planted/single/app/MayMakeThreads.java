package flexo.architecture.planted.single.app;

final class MayMakeThreads {
    private MayMakeThreads() {}

    static Thread thread() {
        return new Thread("planted " + System.nanoTime());
    }
}
