package flexo.prefetch;

/** Knows whether the cache can take more without anything being removed for it. */
@FunctionalInterface
public interface Room {
    /** Whether there is room for so many more bytes; does not block for long. */
    boolean hasRoomFor(long bytes);
}
