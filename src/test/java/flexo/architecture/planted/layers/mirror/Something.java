package flexo.architecture.planted.layers.mirror;

/** What the others import. */
public interface Something {}
