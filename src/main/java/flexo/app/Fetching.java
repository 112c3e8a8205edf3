package flexo.app;

import flexo.cache.DatabaseList;
import flexo.config.FlexoConfig;
import flexo.database.Databases;
import flexo.download.Admission;
import flexo.download.CacheDisk;
import flexo.download.Deadlines;
import flexo.download.DownloadContext;
import flexo.download.Downloads;
import flexo.download.Revalidation;
import flexo.download.RunningTransfers;
import flexo.log.RepeatedLines;
import flexo.mirror.SlownessPolicy;
import flexo.retention.DiskSpace;
import java.time.InstantSource;

/**
 * The parts that fetch files into the cache.
 *
 * @param databases fetches the databases of repositories
 * @param downloads fetches all other files
 * @param admission limits how many of both run at once
 */
record Fetching(Databases databases, Downloads downloads, Admission admission) {
    static Fetching of(
            Settings settings,
            HeapShares shares,
            StoredFiles files,
            Repositories repositories,
            WayOut wayOut,
            Upkeep upkeep,
            RepeatedLines lines,
            Threads threads) {
        Admission admission = new Admission(shares.places(), threads.timer());
        DownloadContext context = new DownloadContext(
                files.cache(),
                new CacheDisk(
                        files.directory(),
                        files.fault().isPresent(),
                        new SweptRoom(DiskSpace.of(files.directory()), upkeep.sweeps()),
                        threads.timer()),
                repositories.upstreams(),
                wayOut.client(),
                Deadlines.standard(),
                settings.supplier(config -> config.limits().lowSpeed()),
                SlownessPolicy.USUAL,
                settings.supplier(config -> config.limits().mirrorsPerFile())::get,
                repositories.upstreams(),
                new RunningTransfers(),
                admission,
                lines,
                threads.timer(),
                threads.storage(),
                threads.reading(),
                threads.databases(),
                files.reading(),
                threads.connecting(),
                System::nanoTime,
                InstantSource.system());
        Databases databases = new Databases(
                context,
                files.generations(),
                files.packages(),
                DatabaseList.read(files.notes()),
                upkeep.uses()::now,
                settings.supplier(FlexoConfig::databases),
                files.open());
        Downloads downloads = new Downloads(
                context,
                databases,
                files.verified(),
                files.wrong(),
                Downloads.SignatureFetching.WITH_PACKAGE,
                new Revalidation(
                        path -> settings.current().databases().checkIntervals().of(path.directory()),
                        settings.supplier(config -> config.databases().maxStale())),
                files.open(),
                upkeep.sweeps()::cached);
        return new Fetching(databases, downloads, admission);
    }

    void start(Settings settings, Threads threads) {
        threads.databases().execute(databases::readCurrent);
        threads.every(settings, config -> config.databases().refreshInterval(), databases::refresh);
    }
}
