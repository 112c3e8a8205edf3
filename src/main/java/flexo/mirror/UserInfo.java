package flexo.mirror;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Masks the user and password in a mirror's URL for logs. */
final class UserInfo {

    /** Everything between the double slash and the last @ before the path; matches malformed URLs, too. */
    private static final Pattern IN_ADDRESS = Pattern.compile("(?<=//)[^/?#\\s]*@");

    private UserInfo() {}

    /** The URL with user and password replaced by three asterisks. */
    static String masked(String address) {
        return IN_ADDRESS.matcher(address).replaceAll(Matcher.quoteReplacement("***@"));
    }
}
