package flexo.config;

/**
 * One mistake in the configuration, described so that a person finds the place and knows how to correct it.
 *
 * <p>Never contains a secret: credentials in URLs are masked, the values of unknown settings are left out.
 *
 * @param source the place for people: {@code environment variable FLEXO_PORT}, {@code /etc/flexo/flexo.toml line 12}
 * @param key the setting as in docs/settings.md, an unknown one as found; empty if it concerns no single setting
 * @param value the value found; empty if the value is not the mistake
 * @param expected the expected value, or the mistake itself if there is no value
 */
public record Problem(String source, String key, String value, String expected) {

    /** Keeps every part on one line, so that outside values cannot forge lines of the log. */
    public Problem {
        source = oneLine(source);
        key = oneLine(key);
        value = oneLine(value);
        expected = oneLine(expected);
    }

    static Problem wrongValue(String source, String key, String value, String expected) {
        return new Problem(source, key, '"' + MaskedText.of(value) + '"', expected);
    }

    /** The place already names the setting; its value is not shown, since it may be a secret. */
    static Problem unknownKey(String source, String key, String nearestOrEmpty) {
        return new Problem(source, key, "", unknown(nearestOrEmpty));
    }

    /** {@return the message about an unknown name} */
    static String unknown(String nearestOrEmpty) {
        return "unknown setting" + (nearestOrEmpty.isEmpty() ? "" : "; did you mean " + nearestOrEmpty + "?");
    }

    /** {@return the problem of an invalid or missing value} */
    static Problem mistake(String source, String key, Parsed.Mistake mistake) {
        return mistake.found()
                .map(found -> wrongValue(source, key, found, mistake.expected()))
                .orElseGet(() -> new Problem(source, key, "", mistake.expected()));
    }

    static Problem broken(String source, String what) {
        return new Problem(source, "", "", what);
    }

    /** {@return the problem in one line} */
    @Override
    public String toString() {
        if (key.isEmpty()) {
            return source + ": " + expected;
        }
        if (value.isEmpty()) {
            return source + ": " + key + ": " + expected;
        }
        return source + ": " + key + " = " + value + ": expected " + expected;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\p{Cntrl}+\\s*", " ");
    }
}
