package flexo.download;

import flexo.alpm.RepositoryPath;
import java.util.concurrent.CompletionStage;

/** Prefetches files, with lower priority than clients. */
public interface AheadSource {
    /**
     * Brings a file into the cache. A client that requests it meanwhile joins, and it comes at full speed from then on.
     *
     * @param slowly whether its bytes may come slowly while no client requests it
     * @return the result; never fails
     * @return how it ended; never fails
     */
    CompletionStage<Ahead> fetchAhead(RepositoryPath path, boolean slowly);

    /** Cancels the prefetch of a file unless a client has requested it meanwhile; its bytes stay for later. */
    void interrupt(RepositoryPath path);

    /** Whether a client waits for a running download. */
    boolean clientsWait();

    /**
     * The result of a prefetch.
     *
     * @param end its kind
     * @param bytes the length of the file; 0 unless it was fetched
     * @param why for people: the reason why the file is missing; empty if it is not
     */
    record Ahead(End end, long bytes, String why) {}

    /** The kinds of results. */
    enum End {
        /** It is in the cache now. */
        FETCHED,
        /** It was in the cache before. */
        PRESENT,
        /** It was cancelled and may be tried again. */
        INTERRUPTED,
        /** No mirror has it. */
        MISSING,
        /** It could not be fetched, or not be stored. */
        FAILED
    }
}
