package flexo.app;

import flexo.config.FlexoConfig;
import flexo.prefetch.HandedIn;
import flexo.prefetch.NamedPackages;
import flexo.prefetch.Prefetch;
import flexo.prefetch.PrefetchQueue;
import flexo.prefetch.PrefetchSettings;
import flexo.prefetch.Updates;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Builds prefetching. */
final class Prefetching {
    private Prefetching() {}

    static Prefetch of(Settings settings, StoredFiles files, Upkeep upkeep, Fetching fetching, Threads threads) {
        Supplier<PrefetchSettings> chosen = settings.supplier(FlexoConfig::prefetch);
        PrefetchQueue queue = new PrefetchQueue(
                chosen,
                fetching.downloads(),
                upkeep.sweeps()::hasRoomFor,
                upkeep.uses()::inherit,
                threads.timer(),
                threads.storage(),
                System::nanoTime,
                InstantSource.system());
        fetching.downloads().whenClientsChange(queue::clientsChanged);
        Prefetch prefetch = new Prefetch(
                chosen,
                new RefreshedDatabases(fetching.databases(), chosen),
                new Updates(
                        files.directory(),
                        files.packages(),
                        upkeep.uses(),
                        directory -> unusedAfter(settings.current(), directory),
                        chosen),
                new NamedPackages(files.generations(), files.reading(), files.cache(), chosen),
                queue,
                new HandedIn(files.notes()),
                threads.timer(),
                threads.storage(),
                InstantSource.system());
        settings.whenChanged(FlexoConfig::prefetch, changed -> prefetch.followSchedule());
        return prefetch;
    }

    /** Packages that retention would purge are not worth fetching. */
    private static Duration unusedAfter(FlexoConfig config, String directory) {
        Duration ours = config.prefetch().unusedAfter();
        return config.retention()
                .rulesOf(directory)
                .purgeUnusedAfter()
                .filter(purge -> purge.compareTo(ours) < 0)
                .orElse(ours);
    }
}
