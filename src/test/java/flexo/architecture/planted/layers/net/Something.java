package flexo.architecture.planted.layers.net;

/** What the others import. */
public interface Something {}
