package flexo.download;

import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** Room on the disk of the cache; how it is made is no business of this package. */
public interface Room {
    /** How many bytes may be written at present; empty if that cannot be told. Does not block for long. */
    OptionalLong usableBytes();

    /**
     * Removes what can best be spared.
     *
     * @param bytes how many are to be usable then
     * @param inTheEndBytes how many will have to be for the whole file: if they cannot be, nothing is removed
     * @return completed when that was tried, never exceptionally
     */
    CompletionStage<Void> make(long bytes, long inTheEndBytes);
}
