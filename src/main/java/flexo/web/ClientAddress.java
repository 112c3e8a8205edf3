package flexo.web;

import flexo.net.IpLiteral;
import flexo.net.IpNetwork;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a client is: the address at the other end of the connection or, if that is a trusted proxy's, the one that the
 * proxy tells in {@code X-Forwarded-For}.
 *
 * @param address of the client, or of the last proxy that can be trusted if that does not know its client
 * @param forwarded whether a proxy told it, so that the connection says nothing of the client
 */
record ClientAddress(InetAddress address, boolean forwarded) {
    /** More proxies in a row are no set-up of anybody's; a header of kilobytes could name hundreds. */
    private static final int MOST_PROXIES = 20;

    /** An address as proxies write it: IPv6 mostly in brackets if a port follows, perhaps with the zone of a link. */
    private static final Pattern NODE =
            Pattern.compile("(?<v4>[0-9.]{7,15})(:\\d{1,5})?|\\[(?<inside>[0-9a-fA-F:.]{2,45})(%[^\\]]*)?](:\\d{1,5})?"
                    + "|(?<v6>[0-9a-fA-F:.]{2,45})(%.*)?");

    /** Of a connection that has no address: it came through a socket of this machine's file system. */
    private static final InetAddress THIS_MACHINE = InetAddress.getLoopbackAddress();

    /**
     * Follows the proxies from the nearest to the farthest that is trusted.
     *
     * @param peer the other end of the connection; null or empty if it has no address
     * @param forwardedFor the values of {@code X-Forwarded-For}, in order; each proxy adds the address it was asked from
     *     at the end, so what stands to the left of an address that is not trusted was written by anybody
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

    /** Tells whether it lies in one of some networks. */
    boolean isIn(List<IpNetwork> networks) {
        return isIn(networks, address);
    }

    private static boolean isIn(List<IpNetwork> networks, InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /** The address alone, as log lines show it. */
    @Override
    public String toString() {
        return address.getHostAddress();
    }
}
