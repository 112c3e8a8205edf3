package flexo.architecture.planted.single.mirror;

final class MakesThreadInLambda {
    private MakesThreadInLambda() {}

    static Runnable later() {
        return () -> new Thread("planted").start();
    }
}
