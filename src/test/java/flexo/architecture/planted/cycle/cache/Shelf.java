package flexo.architecture.planted.cycle.cache;

import flexo.architecture.planted.cycle.mirror.Source;

/** One half of a circle between two packages that may each import the other. */
public interface Shelf {
    /** The other half. */
    Source source();
}
