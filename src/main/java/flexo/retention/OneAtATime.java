package flexo.retention;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs one thing after the other, in order, by no more than one task on an executor at a time. What breaks off keeps
 * nothing from being run after it. The monitor guards all; nothing waits in it.
 */
final class OneAtATime {
    private static final Logger LOG = Logger.getLogger(Sweeps.class.getName());

    private final Executor executor;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    /** Whether a task is running on the executor, or waits there. */
    private boolean running;

    private boolean stopped;

    OneAtATime(Executor executor) {
        this.executor = executor;
    }

    /** Runs it after all that is waiting; not at all once it was stopped. */
    void run(Runnable work) {
        synchronized (this) {
            if (stopped) {
                return;
            }
            waiting.add(work);
            if (running) {
                return;
            }
            running = true;
        }
        executor.execute(this::runWaiting);
    }

    /** Lets nothing begin any more. */
    synchronized void stop() {
        stopped = true;
        waiting.clear();
    }

    private void runWaiting() {
        for (Runnable work = next(); work != null; work = next()) {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.SEVERE, "A sweep of the cache broke off; the next one will try again", e);
            }
        }
    }

    private synchronized Runnable next() {
        Runnable work = waiting.poll();
        running = work != null;
        return work;
    }
}
