package flexo.architecture.planted.layers.cache;

/** What the others import. */
public interface Something {}
