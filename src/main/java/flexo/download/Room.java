package flexo.download;

import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** Makes room on the disk of the cache. */
public interface Room {
    /** The bytes that can be written at present; empty if unknown. Does not block for long. */
    OptionalLong usableBytes();

    /**
     * Evicts the least valuable files.
     *
     * @param bytes the bytes that must be usable afterwards
     * @param inTheEndBytes the bytes needed for the whole file: if they cannot be freed, nothing is removed
     * @return completed after the attempt, never exceptionally
     */
    CompletionStage<Void> make(long bytes, long inTheEndBytes);
}
