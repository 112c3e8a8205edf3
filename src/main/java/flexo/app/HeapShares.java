package flexo.app;

import flexo.download.Admission;
import flexo.repository.DatabaseLimits;
import flexo.repository.KnownPackages;

/**
 * The shares of the heap for all parts, which together fit into it whatever clients request; see
 * {@code docs/limits.md}.
 *
 * @param heapBytes the maximum heap
 */
record HeapShares(long heapBytes) {
    /** Reading a database may take a third of that. */
    private static final long DATABASE_BYTES = 128L << 20;
    /** No machine has more processors to spare for it. */
    private static final long MOST_DATABASES = 4;

    static HeapShares ofThisProcess() {
        return new HeapShares(Runtime.getRuntime().maxMemory());
    }

    /** The number of databases that may be read at once. */
    int databasesAtOnce() {
        return (int) Math.max(1, Math.min(MOST_DATABASES, heapBytes / DATABASE_BYTES));
    }

    /** The limits of each of them. */
    DatabaseLimits database() {
        return DatabaseLimits.ofHeap(heapBytes);
    }

    /** The limits of the parsed databases that are kept. */
    KnownPackages.Limits packages() {
        return KnownPackages.Limits.ofHeap(heapBytes);
    }

    /** The number of downloads that may run at once. */
    Admission.Limits places() {
        return Admission.Limits.ofHeap(heapBytes);
    }
}
