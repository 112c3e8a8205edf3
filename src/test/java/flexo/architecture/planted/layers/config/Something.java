package flexo.architecture.planted.layers.config;

/** What the others import. */
public interface Something {}
