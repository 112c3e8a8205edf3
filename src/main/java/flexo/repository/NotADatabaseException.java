package flexo.repository;

/**
 * The file is not a complete repository database. The message completes the sentence "… a file that is no database: ".
 */
public final class NotADatabaseException extends Exception {
    private static final long serialVersionUID = 1L;

    NotADatabaseException(String message) {
        super(message);
    }

    NotADatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
