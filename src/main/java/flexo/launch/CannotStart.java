package flexo.launch;

/** Why Flexo does not start, for the person who started it. */
final class CannotStart extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    /** What kind of reason it is, as the exit code tells a program. */
    enum Reason {
        /** Something around it: a port that is taken, a directory that cannot be written to. */
        FAILED(1),
        /** EX_USAGE of sysexits.h: it was called with unknown arguments. */
        ARGUMENTS(64),
        /** EX_CONFIG of sysexits.h: to start it again is of no use until somebody has mended the settings. */
        SETTINGS(78);

        private final int exitCode;

        Reason(int exitCode) {
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    /**
     * A refusal.
     *
     * @param text what is wrong and what can be done about it
     */
    CannotStart(Reason reason, String text) {
        super(text);
        this.reason = reason;
    }

    /**
     * A refusal because of something around it.
     *
     * @param sentence what is wrong and what can be done about it
     */
    CannotStart(String sentence) {
        this(Reason.FAILED, sentence);
    }

    /**
     * A refusal that something else led to.
     *
     * @param sentence what is wrong and what can be done about it
     * @param cause what led to it; not shown
     */
    CannotStart(String sentence, Throwable cause) {
        super(sentence, cause);
        this.reason = Reason.FAILED;
    }

    Reason reason() {
        return reason;
    }
}
