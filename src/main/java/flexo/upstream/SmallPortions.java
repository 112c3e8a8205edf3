package flexo.upstream;

/**
 * A {@link SpeedLimit} in portions so small that a response which is paused brings little more.
 *
 * @param limit what all share
 */
record SmallPortions(SpeedLimit limit) implements SpeedLimit {
    private static final int PORTION_BYTES = 32 * 1024;

    @Override
    public int portionBytes() {
        return Math.min(PORTION_BYTES, limit.portionBytes());
    }

    @Override
    public void ask(Runnable grant) {
        limit.ask(grant);
    }
}
