package flexo.download;

import flexo.alpm.RepositoryPath;
import java.util.concurrent.CompletionStage;

/** Where files are fetched from before any client asks for them, giving way to those that clients wait for. */
public interface AheadSource {
    /**
     * Sees to it that a file is in the cache. A client who asks for it meanwhile joins, and it comes at full speed from then
     * on.
     *
     * @param slowly whether its bytes may come slowly as long as no client asks for it
     * @return how it ended; never fails
     */
    CompletionStage<Ahead> fetchAhead(RepositoryPath path, boolean slowly);

    /** Breaks off the fetching of a file unless a client has asked for it meanwhile; what is there of it stays for later. */
    void interrupt(RepositoryPath path);

    /** Whether a client waits for a file that is on its way into the cache. */
    boolean clientsWait();

    /**
     * How the fetching of a file ended.
     *
     * @param end what it comes down to
     * @param bytes how long the file is; 0 unless it was fetched
     * @param why for people: why it is not there; empty if it is
     */
    record Ahead(End end, long bytes, String why) {}

    /** What the fetching of a file comes down to. */
    enum End {
        /** It is in the cache now. */
        FETCHED,
        /** It was in the cache before. */
        PRESENT,
        /** It was broken off and may be tried again. */
        INTERRUPTED,
        /** No mirror has it. */
        MISSING,
        /** It could not be had, or not be stored. */
        FAILED
    }
}
