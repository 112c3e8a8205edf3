package flexo.repository;

/**
 * A file may well be a repository database, but is compressed in a way that only pacman can undo, so that nothing can be
 * said about it. The message ends the sentence "the database cannot be checked: ".
 */
public final class UnreadableCompressionException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableCompressionException(String message) {
        super(message);
    }

    UnreadableCompressionException(String message, Throwable cause) {
        super(message, cause);
    }
}
