package flexo.web;

import flexo.net.IpLiteral;
import flexo.net.IpNetwork;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a client: the peer of the connection or, if that is a trusted proxy, the address in
 * {@code X-Forwarded-For}.
 *
 * @param address the address of the client, or of the last trusted proxy if that does not know its client
 * @param forwarded whether a proxy named it, so that the connection says nothing about the client
 */
record ClientAddress(InetAddress address, boolean forwarded) {
    /** No real set-up has more proxies in a row; a header of kilobytes could name hundreds. */
    private static final int MOST_PROXIES = 20;

    /** An address in a proxy's notation: IPv6 usually in brackets if a port follows, optionally with a zone. */
    private static final Pattern NODE =
            Pattern.compile("(?<v4>[0-9.]{7,15})(:\\d{1,5})?|\\[(?<inside>[0-9a-fA-F:.]{2,45})(%[^\\]]*)?](:\\d{1,5})?"
                    + "|(?<v6>[0-9a-fA-F:.]{2,45})(%.*)?");

    /** For a connection without an address, such as one by a Unix domain socket. */
    private static final InetAddress THIS_MACHINE = InetAddress.getLoopbackAddress();

    /**
     * Follows the chain of proxies from the nearest to the farthest trusted one.
     *
     * @param peer the peer of the connection; null or empty if it has no address
     * @param forwardedFor the values of {@code X-Forwarded-For}, in order; each proxy appends the address of its
     *     client, so anything to the left of an untrusted address may be forged
     * @param trusted the networks of trusted proxies
     */
    static ClientAddress of(String peer, List<String> forwardedFor, List<IpNetwork> trusted) {
        InetAddress client = parse(peer == null ? "" : peer).orElse(THIS_MACHINE);
        String[] hops = String.join(",", forwardedFor).split(",", -1);
        boolean forwarded = false;
        for (int i = hops.length - 1; i >= Math.max(0, hops.length - MOST_PROXIES); i--) {
            if (hops[i].isBlank()) {
                continue;
            }
            Optional<InetAddress> before = isIn(trusted, client) ? parse(hops[i].strip()) : Optional.empty();
            if (before.isEmpty()) {
                break;
            }
            client = before.get();
            forwarded = true;
        }
        return new ClientAddress(client, forwarded);
    }

    private static Optional<InetAddress> parse(String node) {
        Matcher matcher = NODE.matcher(node);
        return matcher.matches()
                ? Optional.ofNullable(matcher.group("v4"))
                        .or(() -> Optional.ofNullable(matcher.group("inside")))
                        .or(() -> Optional.ofNullable(matcher.group("v6")))
                        .flatMap(IpLiteral::parse)
                : Optional.empty();
    }

    /** Whether it is in one of these networks. */
    boolean isIn(List<IpNetwork> networks) {
        return isIn(networks, address);
    }

    private static boolean isIn(List<IpNetwork> networks, InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /** The plain address, as in log lines. */
    @Override
    public String toString() {
        return address.getHostAddress();
    }
}
