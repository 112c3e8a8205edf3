package flexo.architecture.planted.layers.prefetch;

/** What the others import. */
public interface Something {}
