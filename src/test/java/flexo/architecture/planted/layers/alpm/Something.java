package flexo.architecture.planted.layers.alpm;

/** What the others import. */
public interface Something {}
