package flexo.architecture.planted.single.mirror;

final class MakesThread {
    private MakesThread() {}

    static Thread thread(Runnable task) {
        return new Thread(task);
    }
}
