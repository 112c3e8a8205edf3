package flexo.upstream;

/**
 * The limit of all bodies from mirrors together ({@code max_speed_limit}), shared fairly: each reader requests small
 * portions, which are granted in the order of the requests.
 */
public interface SpeedLimit {
    /** Larger ones save nothing, and this is the most that still arrives of a paused response. */
    int UNLIMITED_PORTION_BYTES = 256 * 1024;

    /** The size of one grant in bytes. */
    int portionBytes();

    /**
     * Requests the next {@link #portionBytes()}.
     *
     * @param grant called once when they may be read, on any thread, possibly before this returns
     */
    void ask(Runnable grant);

    /** Both limits: a portion is requested from this one, then from the other. */
    default SpeedLimit and(SpeedLimit other) {
        SpeedLimit first = this;
        return new SpeedLimit() {
            @Override
            public int portionBytes() {
                return Math.min(first.portionBytes(), other.portionBytes());
            }

            @Override
            public void ask(Runnable grant) {
                first.ask(() -> other.ask(grant));
            }
        };
    }

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
