package flexo.launch;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Limits the number of open connections by the heap that Tomcat needs for each. */
final class Connections {
    /**
     * The memory cost of a connection with {@code tomcat-conf/server.xml}: 23 KiB idle, 54 KiB once a request has
     * begun, 100 KiB while its response is being sent. Most cannot be in the last state, since streams have a limit of
     * their own.
     */
    private static final long EACH_BYTES = 56 * 1024;
    /** Tomcat's own default. */
    private static final int MOST = 8192;

    private Connections() {}

    /** {@return the limit for this process} */
    static int most() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        return most(Runtime.getRuntime().maxMemory(), files);
    }

    /**
     * Computes the limit: three eighths of the heap, and a third of the file descriptors, since a client uses a file
     * besides its connection.
     *
     * @param heapBytes the maximum heap
     * @param files the maximum number of open files and sockets
     */
    static int most(long heapBytes, long files) {
        return (int) Math.max(1, Math.min(MOST, Math.min(heapBytes / 8 * 3 / EACH_BYTES, files / 3)));
    }
}
