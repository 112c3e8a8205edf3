package flexo.config;

/**
 * A password, token or other secret text; only {@link #value} reveals it.
 *
 * @param value the secret itself, not empty
 */
public record Secret(String value) {

    /** {@return three asterisks} */
    @Override
    public String toString() {
        return "***";
    }
}
