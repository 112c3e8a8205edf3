package flexo.prefetch;

import java.util.List;

/**
 * What becomes of a list of package names.
 *
 * @param fetching paths of the package files that will be fetched
 * @param present paths of those that are cached already
 * @param tooLarge paths of those that are left out because of their size
 * @param unknown names that no known database has
 */
public record PrefetchAnswer(
        List<String> fetching, List<String> present, List<String> tooLarge, List<String> unknown) {}
