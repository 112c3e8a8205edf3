package flexo.launch;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many connections may be open at once: so many that the heap holds what Tomcat keeps for each. */
final class Connections {
    /**
     * What a connection costs with {@code tomcat-conf/server.xml}: 23 KiB when it is idle, 54 KiB when a request has begun, 100
     * KiB when its answer is being sent. Most of them cannot be in the last state: streams are bounded by themselves.
     */
    private static final long EACH_BYTES = 56 * 1024;
    /** What Tomcat's own default is. */
    private static final int MOST = 8192;

    private Connections() {}

    /** {@return the bound for this process} */
    static int most() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        return most(Runtime.getRuntime().maxMemory(), files);
    }

    /**
     * The bound: three eighths of the heap, and a third of the files, since a client has its file open beside its connection.
     *
     * @param heapBytes what the heap may grow to
     * @param files how many files and sockets may be open
     */
    static int most(long heapBytes, long files) {
        return (int) Math.max(1, Math.min(MOST, Math.min(heapBytes / 8 * 3 / EACH_BYTES, files / 3)));
    }
}
