package flexo.config;

/** Where the list of mirrors comes from: the setting {@code mirror_selection_method}. */
public enum MirrorSelectionMethod {
    /** From the public mirror status document, filtered and tested. */
    AUTO,
    /** The configured {@code mirrors_predefined}, in the order given. */
    PREDEFINED
}
