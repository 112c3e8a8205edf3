package flexo.upstream;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Addresses that an outsider must not refer us to: loopback, private, link-local, unique-local, shared (RFC 6598),
 * unspecified, multicast and reserved ones; also when embedded in IPv6.
 */
final class PrivateAddresses {
    private static final int IPV4_BYTES = 4;
    /** 64:ff9b::/96, the well-known prefix of NAT64 (RFC 6052). */
    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    private PrivateAddresses() {}

    static boolean contain(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return true;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? reservedIpv4(bytes) : uniqueLocal(bytes) || wrapsPrivate(bytes);
    }

    private static boolean reservedIpv4(byte[] bytes) {
        int first = bytes[0] & 0xFF;
        boolean shared = first == 100 && (bytes[1] & 0xC0) == 0x40;
        return first == 0 || first >= 240 || shared;
    }

    private static boolean uniqueLocal(byte[] bytes) {
        return (bytes[0] & 0xFE) == 0xFC;
    }

    private static boolean wrapsPrivate(byte[] bytes) {
        boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
        if (sixToFour) {
            return contain(ipv4(bytes, 2));
        }
        boolean compatible = Arrays.equals(bytes, 0, NAT64.length, new byte[NAT64.length], 0, NAT64.length);
        boolean translated = Arrays.equals(bytes, 0, NAT64.length, NAT64, 0, NAT64.length);
        return (compatible || translated) && contain(ipv4(bytes, NAT64.length));
    }

    private static InetAddress ipv4(byte[] bytes, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + IPV4_BYTES));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
