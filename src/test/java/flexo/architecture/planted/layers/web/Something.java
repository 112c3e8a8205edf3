package flexo.architecture.planted.layers.web;

/** What the others import. */
public interface Something {}
