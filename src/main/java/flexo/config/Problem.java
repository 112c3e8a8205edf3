package flexo.config;

/**
 * One mistake in the configuration, told so that a person finds the place and knows what to write instead.
 *
 * <p>Never holds a secret: credentials in URLs are masked, the value of an unknown setting is left out.
 *
 * @param source the place as a person names it: {@code environment variable FLEXO_PORT}, {@code /etc/flexo/flexo.toml line 12}
 * @param key the setting as docs/settings.md spells it, an unknown one as it was found; empty if no single setting is meant
 * @param value the value that was found; empty if it is not the value that is wrong
 * @param expected what was expected instead, or what is broken if there is no value
 */
public record Problem(String source, String key, String value, String expected) {

    /** Keeps every part to one line: values come from outside, and must not be able to forge lines of the log. */
    public Problem {
        source = oneLine(source);
        key = oneLine(key);
        value = oneLine(value);
        expected = oneLine(expected);
    }

    static Problem wrongValue(String source, String key, String value, String expected) {
        return new Problem(source, key, '"' + MaskedText.of(value) + '"', expected);
    }

    /** The place names the setting already; its value is not shown, since nobody knows whether it is a secret. */
    static Problem unknownKey(String source, String key, String nearestOrEmpty) {
        return new Problem(source, key, "", unknown(nearestOrEmpty));
    }

    /** {@return what is said of a name that is none of ours} */
    static String unknown(String nearestOrEmpty) {
        return "unknown setting" + (nearestOrEmpty.isEmpty() ? "" : "; did you mean " + nearestOrEmpty + "?");
    }

    /** {@return a problem of a value that was written, or that is missing} */
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
