package flexo.repository;

/**
 * The file may be a repository database, but in a compression that only pacman can undo, so that it cannot be verified.
 * The message completes the sentence "the database cannot be checked: ".
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
