package flexo.prefetch;

import java.util.List;

/**
 * The outcome for a list of package names.
 *
 * @param fetching the paths of package files that will be fetched
 * @param present the paths of those that are cached already
 * @param tooLarge the paths of those that exceed the size limit
 * @param unknown names that no known database has
 */
public record PrefetchAnswer(
        List<String> fetching, List<String> present, List<String> tooLarge, List<String> unknown) {}
