package flexo.retention;

import java.nio.file.Path;

/** Sweeps a cache directory down to one version, in a process of its own. */
final class OneSweep {
    private OneSweep() {}

    /**
     * Sweeps.
     *
     * @param arguments the cache directory
     */
    public static void main(String[] arguments) {
        CacheBench bench = new CacheBench(Path.of(arguments[0]));
        bench.versionsToKeep = 1;
        SweepReport unused = bench.swept();
    }
}
