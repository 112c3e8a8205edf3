package flexo.architecture.planted.layers.retention;

/** What the others import. */
public interface Something {}
