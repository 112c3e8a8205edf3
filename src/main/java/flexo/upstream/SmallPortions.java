package flexo.upstream;

/**
 * A {@link SpeedLimit} with portions so small that little more of a paused response arrives.
 *
 * @param limit the shared limit
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
