package flexo.architecture.planted.single.app;

final class Sleeps {
    private Sleeps() {}

    static void pause() throws InterruptedException {
        Thread.sleep(1);
    }
}
