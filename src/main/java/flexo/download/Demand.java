package flexo.download;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whether a client wants a download: until one does, it may come slowly, and be given up.
 *
 * <p>Set once, under the monitor of the {@link Download}, and never reset, even if the client leaves; readable by any
 * thread.
 */
final class Demand {
    private final boolean slowUntilWanted;
    private final CompletableFuture<Void> told = new CompletableFuture<>();
    private volatile boolean wanted;

    private Demand(boolean slowUntilWanted, boolean wanted) {
        this.slowUntilWanted = slowUntilWanted;
        this.wanted = wanted;
    }

    /** Wanted by a client from the start. */
    static Demand ofClient() {
        Demand demand = new Demand(false, true);
        demand.tell();
        return demand;
    }

    /**
     * Not wanted yet.
     *
     * @param slowly whether its bytes may come slowly until a client wants it
     */
    static Demand ahead(boolean slowly) {
        return new Demand(slowly, false);
    }

    /** Notes that a client wants it; under the monitor of the download. */
    void clientJoins() {
        wanted = true;
    }

    /** Whether a client has requested it. */
    boolean isWanted() {
        return wanted;
    }

    /** Notifies waiters if a client wants it; call without locks. */
    void tell() {
        if (wanted) {
            told.complete(null);
        }
    }

    /** Completed by {@link #tell} when a client wants it; possibly never. */
    CompletionStage<Void> whenTold() {
        return told;
    }

    /** Whether its bytes may come slowly now. */
    boolean mayComeSlowly() {
        return slowUntilWanted && !wanted;
    }
}
