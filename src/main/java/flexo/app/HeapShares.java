package flexo.app;

import flexo.download.Admission;
import flexo.repository.DatabaseLimits;
import flexo.repository.KnownPackages;

/**
 * What each part may take of the heap, so that all of them together stay within it whatever clients ask for; told on the
 * page {@code docs/limits.md}.
 *
 * @param heapBytes what the JVM may take at most
 */
record HeapShares(long heapBytes) {
    /** While it is read a database may take a third of that. */
    private static final long DATABASE_BYTES = 128L << 20;
    /** No machine has more processors to spare for it. */
    private static final long MOST_DATABASES = 4;

    static HeapShares ofThisProcess() {
        return new HeapShares(Runtime.getRuntime().maxMemory());
    }

    /** How many databases may be read at once. */
    int databasesAtOnce() {
        return (int) Math.max(1, Math.min(MOST_DATABASES, heapBytes / DATABASE_BYTES));
    }

    /** How much each of them may cost. */
    DatabaseLimits database() {
        return DatabaseLimits.ofHeap(heapBytes);
    }

    /** How much of what they list is kept. */
    KnownPackages.Limits packages() {
        return KnownPackages.Limits.ofHeap(heapBytes);
    }

    /** How many downloads may be on their way. */
    Admission.Limits places() {
        return Admission.Limits.ofHeap(heapBytes);
    }
}
