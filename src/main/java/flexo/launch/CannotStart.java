package flexo.launch;

/** The reason why Flexo does not start, for the person who started it. */
final class CannotStart extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    /** The kind of reason, as an exit code. */
    enum Reason {
        /** The environment: a port in use, a directory that is not writable. */
        FAILED(1),
        /** EX_USAGE of sysexits.h: it was called with unknown arguments. */
        ARGUMENTS(64),
        /** EX_CONFIG of sysexits.h: a restart is useless until the settings are corrected. */
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
     * Refuses to start.
     *
     * @param text the problem and its remedy
     */
    CannotStart(Reason reason, String text) {
        super(text);
        this.reason = reason;
    }

    /**
     * Refuses to start because of the environment.
     *
     * @param sentence the problem and its remedy
     */
    CannotStart(String sentence) {
        this(Reason.FAILED, sentence);
    }

    /**
     * Refuses to start because of an exception.
     *
     * @param sentence the problem and its remedy
     * @param cause the exception; not shown
     */
    CannotStart(String sentence, Throwable cause) {
        super(sentence, cause);
        this.reason = Reason.FAILED;
    }

    Reason reason() {
        return reason;
    }
}
