package flexo.architecture.planted.layers.app;

/** What the others import. */
public interface Something {}
