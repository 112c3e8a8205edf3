package flexo.launch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The port and address that {@code server.xml} takes from FLEXO_PORT and FLEXO_LISTEN_IP_ADDRESS.
 *
 * <p>Tomcat reads the variables itself. They are checked here first, because it takes a wrong address for «every address» and a
 * wrong port for «no port».
 *
 * @param port 1 to 65535
 * @param address as it was written
 */
record ListenAddress(int port, String address) {
    private static final int DEFAULT_PORT = 7878;
    private static final String DEFAULT_ADDRESS = "127.0.0.1";

    /**
     * Reads and checks both variables.
     *
     * @param variables gives a variable's value, or null where it is not set
     * @return where to listen
     * @throws CannotStart if one of them is no port or no address
     */
    static ListenAddress of(UnaryOperator<String> variables) throws CannotStart {
        String port = variables.apply("FLEXO_PORT");
        String address = variables.apply("FLEXO_LISTEN_IP_ADDRESS");
        return new ListenAddress(
                port == null ? DEFAULT_PORT : port(port), address == null ? DEFAULT_ADDRESS : address(address));
    }

    private static int port(String value) throws CannotStart {
        return number(value)
                .filter(port -> port >= 1 && port <= 65535)
                .orElseThrow(
                        () -> new CannotStart("FLEXO_PORT is '" + value + "', but must be a number from 1 to 65535."));
    }

    private static Optional<Integer> number(String value) {
        try {
            return Optional.of(Integer.valueOf(value));
        } catch (NumberFormatException noNumber) {
            return Optional.empty();
        }
    }

    private static String address(String value) throws CannotStart {
        try {
            if (!value.isBlank()) {
                InetAddress.getByName(value);
                return value;
            }
        } catch (UnknownHostException noAddress) {
            // The sentence below says all there is to say.
        }
        throw new CannotStart("FLEXO_LISTEN_IP_ADDRESS is '" + value
                + "', but must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 or :: for all of them.");
    }
}
