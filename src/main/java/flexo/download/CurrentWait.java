package flexo.download;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What one download waits for at the moment, so that it can be stopped from outside: for a transfer, or, once a mirror has
 * delivered all, for what belongs beside the file. Between waits one of its steps runs, and finds the reason to stop when it
 * is about to begin the next.
 *
 * <p>Guarded by its own monitor; a wait is ended outside it.
 */
final class CurrentWait {
    /** Null while a step runs, and after the stop. */
    private Wait current;
    /** Null until it is stopped. */
    private DownloadFailure stoppedBecause;

    /** How to end one. */
    private record Wait(BooleanSupplier end) {}

    /**
     * Begins a wait.
     *
     * @param end ends it early, and gives back what is in use; false if it has ended by itself already, so that a step will follow
     * @return why not, if it was stopped
     */
    synchronized Optional<DownloadFailure> begin(BooleanSupplier end) {
        if (stoppedBecause == null) {
            current = new Wait(end);
        }
        return Optional.ofNullable(stoppedBecause);
    }

    /** The wait has ended by itself; false if it was stopped before. */
    synchronized boolean over() {
        boolean running = current != null;
        current = null;
        return running;
    }

    /** Keeps any wait from beginning, and ends the one that runs; true if one did, so that no step follows. */
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
