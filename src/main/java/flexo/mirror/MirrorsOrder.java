package flexo.mirror;

/** The first criterion among working mirrors: the setting {@code mirrors_order}. */
public enum MirrorsOrder {
    /** The fewest running transfers, so that concurrent downloads use several mirrors. */
    SPREAD,
    /** The rank: all downloads use the first mirror. */
    STRICT
}
