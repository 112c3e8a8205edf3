package flexo.config;

import java.util.regex.Pattern;

/** Masks credentials in text for people, even in malformed URLs. */
final class MaskedText {
    /** Greedy up to the last @: a password may itself contain an @ or a slash. Errs on the side of hiding too much. */
    private static final Pattern AFTER_SLASHES = Pattern.compile("//.*@", Pattern.DOTALL);

    private static final Pattern WITHOUT_SLASHES = Pattern.compile("[^\\s\"'\\[,]*:[^\\s\"']*@");
    private static final Pattern QUERY = Pattern.compile("\\?[^\\s\"']*");

    private MaskedText() {}

    /** {@return the text with user names, passwords and query strings of URLs replaced by ***} */
    static String of(String text) {
        if (!text.contains("//")) {
            return WITHOUT_SLASHES.matcher(text).replaceAll("***@");
        }
        return QUERY.matcher(AFTER_SLASHES.matcher(text).replaceAll("//***@")).replaceAll("?***");
    }
}
