package flexo.database;

import flexo.cache.Generations;
import flexo.cache.OpenFiles;
import flexo.download.DownloadContext;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * What every database works with.
 *
 * @param listed learns what newer states list
 * @param given learns which state each client was given
 * @param staleAnswers counts the clients that were given a state that no mirror had confirmed in time
 */
record DatabaseContext(
        DownloadContext downloads,
        Generations generations,
        Supplier<DatabaseSettings> settings,
        OpenFiles openFiles,
        ListedPackages listed,
        GivenSignatures given,
        LongAdder staleAnswers) {}
