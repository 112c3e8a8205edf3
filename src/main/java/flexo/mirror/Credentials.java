package flexo.mirror;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The user and password that a mirror's address may carry, kept out of every log line. */
final class Credentials {

    /** Everything between the double slash and the last at sign before the path; also of addresses that are malformed. */
    private static final Pattern IN_ADDRESS = Pattern.compile("(?<=//)[^/?#\\s]*@");

    private Credentials() {}

    /** The address with user and password replaced by three asterisks. */
    static String masked(String address) {
        return IN_ADDRESS.matcher(address).replaceAll(Matcher.quoteReplacement("***@"));
    }
}
