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
 * The servers that are asked without a proxy, as curl takes them from the variable {@code no_proxy}.
 *
 * <p>No name is looked up: a network covers only servers that are spelled as an address.
 *
 * @param entries which they are
 */
public record NoProxy(List<Entry> entries) {
    /** No server. */
    public static final NoProxy NONE = new NoProxy(List.of());

    /** Copies the list. */
    public NoProxy {
        entries = List.copyOf(entries);
    }

    /**
     * Some servers.
     *
     * @param name {@code *} for all, else a name for itself and all names below it, or an address; in lower case, without a
     *     leading dot
     * @param network empty for a name
     * @param port the only one that is meant; -1 for all
     */
    public record Entry(String name, Optional<IpNetwork> network, int port) {
        private static final Pattern NAME =
                Pattern.compile("(\\*|(?:\\*?\\.)?[0-9a-z_-]+(?:\\.[0-9a-z_-]+)*\\.?|\\[[0-9a-f:.]+])(?::(\\d{1,5}))?");

        private static final Pattern IPV6 = Pattern.compile("[0-9a-f:]*:[0-9a-f:.]*");

        /**
         * Reads one: {@code *}; a name, with or without a leading dot or {@code *.}; an address; a network as {@code 10.0.0.0/8}.
         * {@code :port} may follow all but a network.
         */
        public static Optional<Entry> parse(String text) {
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.contains("/")) {
                return IpNetwork.parse(lower).map(network -> new Entry(lower, Optional.of(network), -1));
            }
            Matcher name = NAME.matcher(lower);
            if (name.matches()) {
                int port = name.group(2) == null ? -1 : Integer.parseInt(name.group(2));
                return Optional.of(
                        new Entry(withoutBrackets(name.group(1).replaceFirst("^\\*?\\.", "")), Optional.empty(), port));
            }
            return IPV6.matcher(lower).matches()
                    ? Optional.of(new Entry(lower, Optional.empty(), -1))
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

    /** Tells whether a server is asked without a proxy. */
    boolean covers(String host, int port) {
        String plain = withoutBrackets(host.toLowerCase(Locale.ROOT));
        Optional<InetAddress> literal = IpLiteral.parse(plain);
        String name = literal.isEmpty() && plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
        return entries.stream().anyMatch(entry -> entry.covers(name, literal, port));
    }
}
