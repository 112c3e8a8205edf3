package flexo.architecture.planted.layers.upstream;

/** What the others import. */
public interface Something {}
