package flexo.mirror;

/** A document about mirrors is invalid; the message is a sentence with the name of the document and the reason. */
public final class UnusableDocumentException extends Exception {

    private static final long serialVersionUID = 1L;

    public UnusableDocumentException(String message) {
        super(message);
    }

    public UnusableDocumentException(String message, Throwable cause) {
        super(message, cause);
    }
}
