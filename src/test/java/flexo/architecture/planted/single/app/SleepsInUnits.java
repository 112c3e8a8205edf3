package flexo.architecture.planted.single.app;

import java.util.concurrent.TimeUnit;

final class SleepsInUnits {
    private SleepsInUnits() {}

    static void pause() throws InterruptedException {
        TimeUnit.SECONDS.sleep(1);
    }
}
