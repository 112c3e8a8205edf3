package flexo.upstream;

import flexo.net.IpLiteral;
import flexo.net.IpNetwork;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The servers that are asked without a proxy, as curl takes them from the variable {@code no_proxy}: {@code *} for all;
 * a name for itself and all names below it, with or without a leading dot; an address; a network as {@code 10.0.0.0/8};
 * each of them, but the network, for one port only if {@code :port} follows.
 *
 * <p>No name is looked up: a network covers only servers that are spelled as an address.
 */
public final class NoProxy {
    private final List<Entry> entries;

    /** One entry: a name in lower case without leading dot, or a network, and the port or -1 for all. */
    private record Entry(String name, Optional<IpNetwork> network, int port) {
        boolean covers(String host, Optional<InetAddress> literal, int hostPort) {
            if (port >= 0 && port != hostPort) {
                return false;
            }
            if (network.isPresent()) {
                return literal.filter(network.get()::contains).isPresent();
            }
            return name.equals("*") || host.equals(name) || (literal.isEmpty() && host.endsWith("." + name));
        }
    }

    private NoProxy(List<Entry> entries) {
        this.entries = entries;
    }

    /** Reads a list of entries; what is empty is left out. */
    public static NoProxy of(List<String> entries) {
        return new NoProxy(entries.stream()
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .filter(entry -> !entry.isEmpty())
                .map(NoProxy::entry)
                .toList());
    }

    private static Entry entry(String text) {
        Optional<IpNetwork> network = text.contains("/") ? IpNetwork.parse(text) : Optional.empty();
        if (network.isPresent()) {
            return new Entry(text, network, -1);
        }
        String name = text;
        int port = -1;
        if (PORT_FOLLOWS.matcher(text).matches()) {
            int colon = text.lastIndexOf(':');
            name = text.substring(0, colon);
            port = Integer.parseInt(text.substring(colon + 1));
        }
        return new Entry(withoutBrackets(name.startsWith(".") ? name.substring(1) : name), Optional.empty(), port);
    }

    /** A lone IPv6 address has more than one colon, and no brackets. */
    private static final Pattern PORT_FOLLOWS = Pattern.compile("([^:\\[\\]]*|\\[[^\\]]*\\]):\\d{1,5}");

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
