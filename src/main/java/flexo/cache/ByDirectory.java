package flexo.cache;

import java.util.Map;
import java.util.Optional;

/**
 * A value per directory of the cache. If several parents of a file have values of their own, only the deepest counts.
 *
 * @param usual the default
 * @param own values by directory, without leading and trailing slashes: {@code core}, {@code custom_repo/archzfs} or
 *     {@code core/os/x86_64}
 * @param <T> the type of the values
 */
public record ByDirectory<T>(T usual, Map<String, T> own) {
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

    /** The directory, this or a parent, whose own value applies to this; empty if the default does. */
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
