package flexo.upstream;

import flexo.net.IpLiteral;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Predicate;

/**
 * Name resolution, and the definition of private addresses.
 *
 * @param lookup resolves a name; may block
 * @param isPrivate whether an address is private
 */
record Network(Lookup lookup, Predicate<InetAddress> isPrivate) {
    /** The real one. */
    static final Network REAL = new Network(name -> List.of(InetAddress.getAllByName(name)), PrivateAddresses::contain);

    /** Resolves names. */
    interface Lookup {
        List<InetAddress> addresses(String name) throws UnknownHostException;
    }

    /**
     * Whether a host that is not resolved here leads, or might lead, into a private network: a private address, an
     * address in a notation that programs read differently ({@code 0x7f.1}, {@code 2130706433}), or a name of the local
     * machine (RFC 6761, section 6.3).
     */
    boolean spelledPrivate(String host) {
        return IpLiteral.parse(host).map(isPrivate::test).orElseGet(() -> IpLiteral.spellsThisMachine(host));
    }
}
