package flexo.system;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network of this test alone, which joins booted hosts; this side of it has the first address. It reaches nothing else.
 *
 * <p>It ends with {@link #close}, after its hosts.
 */
final class TestNetwork implements AutoCloseable {
    private static final String PREFIX = "192.168.77.";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name = "flexo-net-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    private final Path log;
    private int hosts;

    private TestNetwork(Path log) {
        this.log = log;
    }

    /** A network without hosts. */
    static TestNetwork create(Path log) {
        Machine.program("ip");
        TestNetwork network = new TestNetwork(log);
        network.ip("netns", "add", network.name);
        network.inside("link", "set", "lo", "up");
        network.inside("link", "add", "lan", "type", "bridge");
        network.inside("addr", "add", network.address(1) + "/24", "dev", "lan");
        network.inside("link", "set", "lan", "up");
        return network;
    }

    /** The address of the host with this number; 1 is this side. */
    String address(int number) {
        return PREFIX + number;
    }

    /**
     * Joins a host, which is switched off or on.
     *
     * @param number the end of its address
     */
    void join(DebianHost host, int number) {
        String cable = "cable" + ++hosts;
        inside("link", "add", cable, "type", "veth", "peer", "name", "lan0", "netns", host.network());
        inside("link", "set", cable, "master", "lan", "up");
        for (List<String> words : List.of(
                List.of("addr", "add", address(number) + "/24", "dev", "lan0"), List.of("link", "set", "lan0", "up"))) {
            host.inNetwork(Command.of("ip").and(words)).run(log).succeeded();
        }
    }

    /** The same program on this side of the network. */
    Command inNetwork(Command command) {
        return new Command(
                Command.of("ip", "netns", "exec", name).and(command.words()).words(), command.environment());
    }

    private void inside(String... words) {
        inNetwork(Command.of("ip").and(List.of(words))).run(log).succeeded();
    }

    private void ip(String... words) {
        Command.of("ip").and(List.of(words)).run(log).succeeded();
    }

    @Override
    public void close() {
        ip("netns", "del", name);
    }
}
