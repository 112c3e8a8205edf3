package flexo.prefetch;

/**
 * Prefetching counts since the start.
 *
 * @param fetched packages fetched
 * @param bytes their size without signatures
 * @param failed packages that were unavailable
 * @param skipped packages skipped for lack of room
 * @param interrupted the number of times a package was put off because a client waited for another file
 */
public record PrefetchCounts(long fetched, long bytes, long failed, long skipped, long interrupted) {
    static final PrefetchCounts NONE = new PrefetchCounts(0, 0, 0, 0, 0);

    PrefetchCounts plusFetched(long moreBytes) {
        return new PrefetchCounts(fetched + 1, bytes + moreBytes, failed, skipped, interrupted);
    }

    PrefetchCounts plusFailed() {
        return new PrefetchCounts(fetched, bytes, failed + 1, skipped, interrupted);
    }

    PrefetchCounts plusSkipped() {
        return new PrefetchCounts(fetched, bytes, failed, skipped + 1, interrupted);
    }

    PrefetchCounts plusInterrupted() {
        return new PrefetchCounts(fetched, bytes, failed, skipped, interrupted + 1);
    }
}
