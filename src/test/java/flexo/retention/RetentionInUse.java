package flexo.retention;

import java.time.Instant;
import java.util.List;

/** Asks settings of retention what a sweep asks of them. */
public final class RetentionInUse {
    private RetentionInUse() {}

    /** {@return what they say of one directory, at a moment} */
    public static List<Object> use(RetentionSettings settings, String directory, Instant now) {
        DiskSpace.Space space = new DiskSpace.Space(1L << 40, 1L << 30);
        return List.of(
                settings.cacheSizeLimit(space),
                settings.minFree(space),
                settings.limitKey(directory),
                settings.rulesOf(directory).purgeUnusedAfter().map(now::minus),
                settings.shortestPurgeUnusedAfter().map(now::minus));
    }
}
