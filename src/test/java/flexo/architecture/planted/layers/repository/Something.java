package flexo.architecture.planted.layers.repository;

/** What the others import. */
public interface Something {}
