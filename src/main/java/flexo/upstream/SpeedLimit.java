package flexo.upstream;

/**
 * What all bodies from mirrors together may take ({@code max_speed_limit}), shared fairly: who wants to read more asks
 * for a small portion, and portions are given in the order they were asked for.
 */
public interface SpeedLimit {
    /** Nothing is saved by larger ones, and a response that is paused brings no more than this. */
    int UNLIMITED_PORTION_BYTES = 256 * 1024;

    /** How much one grant is worth, in bytes. */
    int portionBytes();

    /**
     * Asks for the next {@link #portionBytes()}.
     *
     * @param grant called once when they may be read, by an arbitrary thread, perhaps before this returns
     */
    void ask(Runnable grant);

    /** No limit: everything is granted at once. */
    static SpeedLimit none() {
        return new SpeedLimit() {
            @Override
            public int portionBytes() {
                return UNLIMITED_PORTION_BYTES;
            }

            @Override
            public void ask(Runnable grant) {
                grant.run();
            }
        };
    }
}
