package flexo.config;

import java.util.regex.Pattern;

/** Takes credentials out of text that people will read, also out of URLs that are written wrongly. */
final class MaskedText {
    /** Greedy up to the last @: a password may itself hold an @ or a slash. Rather too much is hidden than too little. */
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
