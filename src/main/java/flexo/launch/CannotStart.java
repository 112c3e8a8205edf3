package flexo.launch;

/** Why Flexo does not start, as one sentence for the person who started it. */
final class CannotStart extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * A refusal.
     *
     * @param sentence what is wrong and what can be done about it
     */
    CannotStart(String sentence) {
        super(sentence);
    }

    /**
     * A refusal that something else led to.
     *
     * @param sentence what is wrong and what can be done about it
     * @param cause what led to it; not shown
     */
    CannotStart(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
