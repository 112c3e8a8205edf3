package flexo.retention;

import java.time.Instant;

/** Asks settings of retention what a sweep asks of them. */
public final class RetentionInUse {
    private RetentionInUse() {}

    /** Asks for one directory, at a moment. */
    public static void use(RetentionSettings settings, String directory, Instant now) {
        DiskSpace.Space space = new DiskSpace.Space(1L << 40, 1L << 30);
        settings.cacheSizeLimit(space);
        settings.minFree(space);
        settings.limitKey(directory);
        settings.rulesOf(directory).purgeUnusedAfter().ifPresent(now::minus);
        settings.shortestPurgeUnusedAfter().ifPresent(now::minus);
    }
}
