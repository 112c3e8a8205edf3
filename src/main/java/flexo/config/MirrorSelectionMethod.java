package flexo.config;

/** The source of the list of mirrors: the setting {@code mirror_selection_method}. */
public enum MirrorSelectionMethod {
    /** The public mirror status document, filtered and tested. */
    AUTO,
    /** The configured {@code mirrors_predefined}, in the order given. */
    PREDEFINED
}
