package flexo.architecture.planted.layers.launch;

/** What the others import. */
public interface Something {}
