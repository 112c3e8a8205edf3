package flexo.launch;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What becomes of an error that nobody has caught. A process that has run out of memory has lost threads, perhaps the one that
 * accepts connections, and looks alive: it is ended, so that whoever watches it starts it again.
 *
 * <p>All it needs for that is made beforehand, and some memory set aside, as there may be none left.
 */
final class LastResort implements Thread.UncaughtExceptionHandler {
    /** As Java itself ends with {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int EXIT_CODE = 3;

    private static final int RESERVE_BYTES = 2 << 20;

    /** To end matters more than to say why. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private final Runtime runtime = Runtime.getRuntime();
    private final PrintStream err = System.err;
    private final byte[] message =
            "Flexo ends, because memory has run out. Give it a larger heap (java -Xmx...), or just start it again.\n"
                    .getBytes(StandardCharsets.UTF_8);
    /** Given back when there is nothing else. */
    @SuppressWarnings("UnusedVariable")
    private volatile byte[] reserve = new byte[RESERVE_BYTES];

    /** Goes through all that is to be done, since what Java does for the first time takes memory. */
    LastResort() {
        if (isFatal(new OutOfMemoryError())) {
            end(new byte[0], true);
        }
    }

    private static boolean isFatal(Throwable cause) {
        return cause instanceof VirtualMachineError;
    }

    /** Ends the process if the virtual machine is out of memory or otherwise broken; prints any other error. */
    @Override
    public void uncaughtException(Thread thread, Throwable cause) {
        if (isFatal(cause)) {
            reserve = null;
            end(message, false);
        }
        err.println(thread.getName() + " failed unexpectedly");
        cause.printStackTrace();
    }

    private void end(byte[] text, boolean rehearsal) {
        long since = System.nanoTime();
        do {
            try {
                err.write(text, 0, text.length);
                err.flush();
                if (!rehearsal) {
                    break;
                }
                throw new OutOfMemoryError();
            } catch (OutOfMemoryError again) {
                // Others may have let go of something meanwhile, but they may as well take all there is.
                Thread.onSpinWait();
            }
        } while (!rehearsal && System.nanoTime() - since < PATIENCE_NANOS);
        if (!rehearsal) {
            // Not exit: hooks would need what there is no longer.
            runtime.halt(EXIT_CODE);
        }
    }
}
