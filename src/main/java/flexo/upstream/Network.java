package flexo.upstream;

import flexo.net.IpLiteral;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Predicate;

/**
 * How names become addresses, and which of these are private.
 *
 * @param lookup of a name; may block
 * @param isPrivate of an address
 */
record Network(Lookup lookup, Predicate<InetAddress> isPrivate) {
    /** The one there is. */
    static final Network REAL = new Network(name -> List.of(InetAddress.getAllByName(name)), PrivateAddresses::contain);

    /** Finds the addresses of a name. */
    interface Lookup {
        List<InetAddress> addresses(String name) throws UnknownHostException;
    }

    /**
     * Tells whether a host that is not looked up here leads, or might lead, to a private place: it is a private address,
     * or one in a spelling that programs read differently ({@code 0x7f.1}, {@code 2130706433}), or a name for the local
     * machine (RFC 6761, section 6.3).
     */
    boolean spelledPrivate(String host) {
        return IpLiteral.parse(host).map(isPrivate::test).orElseGet(() -> IpLiteral.spellsThisMachine(host));
    }
}
