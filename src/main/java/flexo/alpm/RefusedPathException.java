package flexo.alpm;

/** A path that is not a plain relative path of a mirror, and why. The message is meant for the client. */
public final class RefusedPathException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The two ways to be wrong; Flexo answers the first with 400, the second with 403. */
    public enum Reason {
        /** It is no path at all: empty, broken escapes, control characters, too long. */
        MALFORMED,
        /** It tries to reach what is not served: parent directories, hidden names. */
        FORBIDDEN
    }

    private final Reason reason;

    RefusedPathException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Which of the two ways. */
    public Reason reason() {
        return reason;
    }
}
