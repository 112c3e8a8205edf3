package flexo.architecture.planted.layers.database;

/** What the others import. */
public interface Something {}
