package flexo.architecture.planted.layers.download;

/** What the others import. */
public interface Something {}
