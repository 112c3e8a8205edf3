package flexo.mirror;

/** What counts first among the mirrors that work: the setting {@code mirrors_order}. */
public enum MirrorsOrder {
    /** The fewest running transfers, so that files that are fetched at the same time come from several mirrors. */
    SPREAD,
    /** The place in the list or ranking: all come from the first mirror. */
    STRICT
}
