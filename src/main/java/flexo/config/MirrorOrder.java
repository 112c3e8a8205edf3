package flexo.config;

/** How mirrors are picked when more pass the filters than are wanted: {@code mirrors_auto.mirrors_random_or_sort}. */
public enum MirrorOrder {
    /** Those with the best score. */
    SORT,
    /** Any of them, so that the load is spread. */
    RANDOM
}
