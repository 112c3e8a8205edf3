package flexo.download;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The current wait of one download, which can be ended from outside: for a transfer or, once a mirror has delivered
 * everything, for companion files. Between waits one of its steps runs, and finds the reason to stop when it begins the
 * next wait.
 *
 * <p>Guarded by its own monitor; a wait is ended outside of it.
 */
final class CurrentWait {
    /** Null while a step runs, and after the stop. */
    private Wait current;
    /** Null until it is stopped. */
    private DownloadFailure stoppedBecause;

    /** Ends a wait. */
    private record Wait(BooleanSupplier end) {}

    /**
     * Begins a wait.
     *
     * @param end ends it early and releases its resources; false if it has ended by itself already, so that a step will
     *     follow
     * @return the reason why not, if it was stopped
     */
    synchronized Optional<DownloadFailure> begin(BooleanSupplier end) {
        if (stoppedBecause == null) {
            current = new Wait(end);
        }
        return Optional.ofNullable(stoppedBecause);
    }

    /** Notes that the wait has ended by itself; false if it was stopped before. */
    synchronized boolean over() {
        boolean running = current != null;
        current = null;
        return running;
    }

    /** Prevents any further wait, and ends the current one; true if there was one, so that no step follows. */
    boolean stop(DownloadFailure why) {
        Wait stopped;
        synchronized (this) {
            stoppedBecause = why;
            stopped = current;
            current = null;
        }
        return stopped != null && stopped.end().getAsBoolean();
    }
}
