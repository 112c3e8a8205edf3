package flexo.upstream;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The passing of real time, for tests of real connections. */
final class RealTimer {
    static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "test-timer");
        thread.setDaemon(true);
        return thread;
    });

    private RealTimer() {}
}
