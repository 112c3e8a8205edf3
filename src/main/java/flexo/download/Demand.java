package flexo.download;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whether a client wants a download: until one does, it may come slowly, and be given up.
 *
 * <p>It is set under the monitor of the {@link Download}, once, and never taken back, be the client gone meanwhile; anybody
 * may look.
 */
final class Demand {
    private final boolean slowUntilWanted;
    private final CompletableFuture<Void> told = new CompletableFuture<>();
    private volatile boolean wanted;

    private Demand(boolean slowUntilWanted, boolean wanted) {
        this.slowUntilWanted = slowUntilWanted;
        this.wanted = wanted;
    }

    /** Of a client, who waits for it from the start. */
    static Demand ofClient() {
        Demand demand = new Demand(false, true);
        demand.tell();
        return demand;
    }

    /**
     * Of nobody yet.
     *
     * @param slowly whether its bytes may come slowly until a client wants it
     */
    static Demand ahead(boolean slowly) {
        return new Demand(slowly, false);
    }

    /** From now on a client wants it; under the monitor of the download. */
    void clientJoins() {
        wanted = true;
    }

    /** Whether a client has asked for it. */
    boolean isWanted() {
        return wanted;
    }

    /** Tells whoever waits for it that a client wants it, if one does; under no lock. */
    void tell() {
        if (wanted) {
            told.complete(null);
        }
    }

    /** Completed when a client wants it and it was told; perhaps never. */
    CompletionStage<Void> whenTold() {
        return told;
    }

    /** Whether its bytes may come slowly at this moment. */
    boolean mayComeSlowly() {
        return slowUntilWanted && !wanted;
    }
}
