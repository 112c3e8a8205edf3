package flexo.architecture.planted.single.misc;

/** Lies in a package nobody has ruled. */
interface Stray {}
