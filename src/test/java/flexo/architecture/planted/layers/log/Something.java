package flexo.architecture.planted.layers.log;

/** What the others import. */
public interface Something {}
