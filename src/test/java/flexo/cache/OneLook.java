package flexo.cache;

import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.Path;

/** Looks for a file in a cache, in a process of its own. */
final class OneLook {
    private OneLook() {}

    /**
     * Looks, and prints whether it is there.
     *
     * @param arguments the cache directory, and the path in it
     */
    public static void main(String[] arguments) throws IOException {
        System.out.print(new PackageCache(Path.of(arguments[0]))
                .find(TestPaths.path(arguments[1]))
                .isPresent());
    }
}
