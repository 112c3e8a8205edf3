package flexo.cache;

import static flexo.testing.TestPaths.path;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** Begins a download in a cache, in a process of its own, and leaves its part file when its standard input ends. */
final class HoldInstance {
    private HoldInstance() {}

    /**
     * Begins; prints the name of the part file.
     *
     * @param arguments the cache directory, and the path in it
     */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        PackageCache cache = new PackageCache(CacheRoot.of(root, new CacheMark(root)));
        PartFile part = cache.create(path(arguments[1]), new ContentHead(10, Instant.EPOCH));
        part.write(java.nio.ByteBuffer.wrap(new byte[] {'t', 'h', 'e', 'i', 'r'}), 0);
        System.out.println(part.file().getFileName());
        int unused = System.in.read();
        // Ended as if by a kill: nothing is closed.
        Runtime.getRuntime().halt(0);
    }
}
