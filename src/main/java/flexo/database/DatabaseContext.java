package flexo.database;

import flexo.cache.Generations;
import flexo.cache.OpenFiles;
import flexo.download.DownloadContext;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The dependencies shared by all databases.
 *
 * @param listed receives the contents of newer states
 * @param given records the state given to each client
 * @param staleAnswers counts clients that were given a state not confirmed in time
 */
record DatabaseContext(
        DownloadContext downloads,
        Generations generations,
        Supplier<DatabaseSettings> settings,
        OpenFiles openFiles,
        ListedPackages listed,
        GivenSignatures given,
        LongAdder staleAnswers) {}
