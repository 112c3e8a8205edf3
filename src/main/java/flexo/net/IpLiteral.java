package flexo.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses host names that are IP literals; never performs a lookup. */
public final class IpLiteral {
    private static final Pattern DOTTED = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Pattern NUMERIC_END = Pattern.compile("(.*\\.)?(0[xX][0-9a-fA-F]*|\\d+)\\.?");

    private IpLiteral() {}

    /** The address, if the host is one in its usual spelling; IPv6 with or without brackets. */
    public static Optional<InetAddress> parse(String host) {
        String plain = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (!plain.contains(":") && !DOTTED.matcher(plain).matches()) {
            return Optional.empty();
        }
        try {
            // No host name contains a colon or consists of digits and dots, so the JVM does not look it up.
            return Optional.of(InetAddress.getByName(plain));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Whether a host is an address in an unusual spelling, which is ambiguous, or a name of the local machine. */
    public static boolean spellsThisMachine(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return NUMERIC_END.matcher(name).matches() || name.matches("(.*\\.)?localhost\\.?");
    }
}
