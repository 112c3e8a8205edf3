package flexo.net;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * A network of IPv4 or IPv6 addresses, such as {@code 10.0.0.0/8}. A single address is a network of size one.
 *
 * @param address any address in it
 * @param bits the prefix length
 */
public record IpNetwork(InetAddress address, int bits) {

    /** Parses an address or a network in CIDR notation; empty if the text is neither. */
    public static Optional<IpNetwork> parse(String text) {
        int slash = text.indexOf('/');
        Optional<InetAddress> address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        int most = address.get().getAddress().length * Byte.SIZE;
        if (slash < 0) {
            return Optional.of(new IpNetwork(address.get(), most));
        }
        String length = text.substring(slash + 1);
        return length.matches("\\d{1,3}") && Integer.parseInt(length) <= most
                ? Optional.of(new IpNetwork(address.get(), Integer.parseInt(length)))
                : Optional.empty();
    }

    /** Whether an address lies in this network; an IPv4 address never lies in an IPv6 network. */
    public boolean contains(InetAddress other) {
        byte[] ours = address.getAddress();
        byte[] theirs = other.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        int whole = bits / Byte.SIZE;
        if (!Arrays.equals(ours, 0, whole, theirs, 0, whole)) {
            return false;
        }
        int rest = bits % Byte.SIZE;
        int mask = 0xFF << (Byte.SIZE - rest);
        return rest == 0 || ((ours[whole] ^ theirs[whole]) & mask & 0xFF) == 0;
    }
}
