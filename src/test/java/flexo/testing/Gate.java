package flexo.testing;

/**
 * A barrier inside a mirror's response body: the mirror sends up to a byte and then waits until the test lets it go on.
 *
 * <p>This makes a download stand still at an exact byte, so that what a joiner gets is decided by the test and not by
 * the clock. For any number of threads.
 */
public final class Gate {
    private long allowedBytes;
    private boolean reached;

    /**
     * A gate that holds the body at a byte.
     *
     * @param allowedBytes how many bytes of the body may pass at first
     */
    public Gate(long allowedBytes) {
        this.allowedBytes = allowedBytes;
    }

    /**
     * Lets more bytes pass.
     *
     * @param bytes how many bytes of the body may have passed in all
     */
    public synchronized void allow(long bytes) {
        allowedBytes = bytes;
        reached = false;
        notifyAll();
    }

    /** Lets all bytes pass. */
    public void open() {
        allow(Long.MAX_VALUE);
    }

    /**
     * Waits until the mirror has sent all it may and stands before the gate.
     *
     * @throws InterruptedException if the test is interrupted
     */
    public synchronized void awaitReached() throws InterruptedException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!reached) {
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new AssertionError("no mirror came to the gate at byte " + allowedBytes + " within 10 s");
            }
            wait(leftMillis);
        }
    }

    /**
     * Waits, on the mirror's thread, for leave to send more.
     *
     * @param sentBytes bytes of the body that are out
     * @return how many more may go, at least 1
     */
    synchronized long await(long sentBytes) throws InterruptedException {
        while (sentBytes >= allowedBytes) {
            // Told once: many who wait at one gate would else wake each other for ever.
            if (!reached) {
                reached = true;
                notifyAll();
            }
            wait();
        }
        return allowedBytes - sentBytes;
    }
}
