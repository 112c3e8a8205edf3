package flexo.retention;

import java.util.List;

/**
 * Files that go together.
 *
 * @param removal what is told of them
 * @param names in one directory, in the order of deletion: whatever is left after a crash in between is cleared away by
 *     the next sweep
 */
record Doomed(Removal removal, List<String> names) {}
