package flexo.cache;

/**
 * A part file of an earlier download.
 *
 * @param file the part file, open
 * @param lengthBytes the length of its prefix without holes, at least one and at most the promised length
 * @param promise the mirror's promise for its bytes
 */
public record Leftover(PartFile file, long lengthBytes, PartPromise promise) {}
