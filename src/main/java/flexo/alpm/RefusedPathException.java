package flexo.alpm;

/** A path that is not a plain relative path of a mirror. The message, the reason, is shown to the client. */
public final class RefusedPathException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The reason; Flexo answers the first with 400, the second with 403. */
    public enum Reason {
        /** It is not a valid path: empty, broken escapes, control characters, too long. */
        MALFORMED,
        /** It points to something that is not served: parent directories, hidden names. */
        FORBIDDEN
    }

    private final Reason reason;

    RefusedPathException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
