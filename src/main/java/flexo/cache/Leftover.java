package flexo.cache;

/**
 * A part file that an earlier download left, and how far it goes.
 *
 * @param file the part file, open
 * @param lengthBytes how many bytes from the front are there, at least one and at most the promised length
 * @param promise what the mirror promised for them
 */
public record Leftover(PartFile file, long lengthBytes, PartPromise promise) {}
