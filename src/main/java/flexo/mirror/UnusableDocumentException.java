package flexo.mirror;

/** A document about mirrors that says nothing usable; the message is a sentence that says which document and why. */
public final class UnusableDocumentException extends Exception {

    private static final long serialVersionUID = 1L;

    /** With what is wrong. */
    public UnusableDocumentException(String message) {
        super(message);
    }

    /** With what is wrong, and what found it. */
    public UnusableDocumentException(String message, Throwable cause) {
        super(message, cause);
    }
}
