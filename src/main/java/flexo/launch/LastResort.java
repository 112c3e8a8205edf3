package flexo.launch;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Handles uncaught errors. A process that has run out of memory has lost threads, perhaps the acceptor, but still looks
 * alive: it is terminated, so that its supervisor restarts it.
 *
 * <p>Everything needed for that is created in advance, and some memory is reserved, since none may be left.
 */
final class LastResort implements Thread.UncaughtExceptionHandler {
    /** The exit code of {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int EXIT_CODE = 3;

    private static final int RESERVE_BYTES = 2 << 20;

    /** Ending matters more than explaining. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private final Runtime runtime = Runtime.getRuntime();
    private final PrintStream err = System.err;
    private final byte[] message =
            "Flexo ends, because memory has run out. Give it a larger heap (java -Xmx...), or just start it again.\n"
                    .getBytes(StandardCharsets.UTF_8);
    /** Released when there is no other memory. */
    @SuppressWarnings("UnusedVariable")
    private volatile byte[] reserve = new byte[RESERVE_BYTES];

    /** Runs through all steps once, since the first execution of code takes memory. */
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
                // Other threads may have released memory meanwhile, but may just as well have taken all of it.
                Thread.onSpinWait();
            }
        } while (!rehearsal && System.nanoTime() - since < PATIENCE_NANOS);
        if (!rehearsal) {
            // Not exit: shutdown hooks would need memory.
            runtime.halt(EXIT_CODE);
        }
    }
}
