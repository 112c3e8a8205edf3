package flexo.cache;

import java.util.Map;
import java.util.Optional;

/**
 * A value for each directory of the cache. Of several directories with values of their own that contain a file, the deepest
 * counts, and it counts alone.
 *
 * @param usual the value of all directories that have none of their own
 * @param own values by directory, without slashes at its ends: {@code core}, {@code custom_repo/archzfs} or {@code
 *     core/os/x86_64}
 * @param <T> the type of the values
 */
public record ByDirectory<T>(T usual, Map<String, T> own) {
    /** Copies the map. */
    public ByDirectory {
        own = Map.copyOf(own);
    }

    /** The same value for all. */
    public static <T> ByDirectory<T> all(T usual) {
        return new ByDirectory<>(usual, Map.of());
    }

    /** The value of a directory. */
    public T of(String directory) {
        return key(directory).map(own::get).orElse(usual);
    }

    /** The directory whose own value is that of another, at or below it; empty if that has the usual one. */
    public Optional<String> key(String directory) {
        String key = directory;
        while (!own.containsKey(key)) {
            int slash = key.lastIndexOf('/');
            if (slash < 0) {
                return Optional.empty();
            }
            key = key.substring(0, slash);
        }
        return Optional.of(key);
    }
}
