package flexo.upstream;

import flexo.net.IpLiteral;
import flexo.net.IpNetwork;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The servers accessed without a proxy, with curl's semantics of {@code no_proxy}.
 *
 * <p>Names are not resolved: a network covers only servers given by address.
 *
 * @param entries the servers
 */
public record NoProxy(List<Exemption> entries) {
    /** No server. */
    public static final NoProxy NONE = new NoProxy(List.of());

    public NoProxy {
        entries = List.copyOf(entries);
    }

    /**
     * An exemption from the proxy: one entry of the list.
     *
     * @param name {@code *} for all, a name that covers itself and its subdomains, or an address; in lower case,
     *     without a leading dot
     * @param network empty for a name
     * @param port the only port covered; -1 for all
     */
    public record Exemption(String name, Optional<IpNetwork> network, int port) {
        private static final Pattern NAME =
                Pattern.compile("(\\*|(?:\\*?\\.)?[0-9a-z_-]+(?:\\.[0-9a-z_-]+)*\\.?|\\[[0-9a-f:.]+])(?::(\\d{1,5}))?");

        private static final Pattern IPV6 = Pattern.compile("[0-9a-f:]*:[0-9a-f:.]*");

        /**
         * Parses an entry: {@code *}; a name, with or without a leading dot or {@code *.}; an address; a network such
         * as {@code 10.0.0.0/8}. {@code :port} may follow all except a network.
         */
        public static Optional<Exemption> parse(String text) {
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.contains("/")) {
                return IpNetwork.parse(lower).map(network -> new Exemption(lower, Optional.of(network), -1));
            }
            Matcher name = NAME.matcher(lower);
            if (name.matches()) {
                int port = name.group(2) == null ? -1 : Integer.parseInt(name.group(2));
                return Optional.of(new Exemption(
                        withoutBrackets(name.group(1).replaceFirst("^\\*?\\.", "")), Optional.empty(), port));
            }
            return IPV6.matcher(lower).matches()
                    ? Optional.of(new Exemption(lower, Optional.empty(), -1))
                    : Optional.empty();
        }

        private boolean covers(String host, Optional<InetAddress> literal, int hostPort) {
            if (port >= 0 && port != hostPort) {
                return false;
            }
            if (network.isPresent()) {
                return literal.filter(network.get()::contains).isPresent();
            }
            return name.equals("*") || host.equals(name) || (literal.isEmpty() && host.endsWith("." + name));
        }
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** Whether a server is accessed without a proxy. */
    boolean covers(String host, int port) {
        String plain = withoutBrackets(host.toLowerCase(Locale.ROOT));
        Optional<InetAddress> literal = IpLiteral.parse(plain);
        String name = literal.isEmpty() && plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
        return entries.stream().anyMatch(entry -> entry.covers(name, literal, port));
    }
}
