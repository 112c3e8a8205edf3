package flexo.repository;

/** A file is no repository database, or not a whole one. The message ends the sentence "… a file that is no database: ". */
public final class NotADatabaseException extends Exception {
    private static final long serialVersionUID = 1L;

    NotADatabaseException(String message) {
        super(message);
    }

    NotADatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
