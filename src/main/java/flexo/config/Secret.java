package flexo.config;

/**
 * A password, a token, or another text that nobody is to read: only who asks for {@link #value} gets it.
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
