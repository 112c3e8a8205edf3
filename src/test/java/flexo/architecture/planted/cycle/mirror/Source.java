package flexo.architecture.planted.cycle.mirror;

import flexo.architecture.planted.cycle.cache.Shelf;

/** The other half. */
public interface Source {
    /** The first half. */
    Shelf shelf();
}
