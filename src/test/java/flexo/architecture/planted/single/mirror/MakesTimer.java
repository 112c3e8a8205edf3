package flexo.architecture.planted.single.mirror;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

final class MakesTimer {
    private MakesTimer() {}

    static ScheduledExecutorService timer() {
        return new ScheduledThreadPoolExecutor(1);
    }
}
