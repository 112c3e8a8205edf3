package flexo.app;

import flexo.cache.CacheMark;
import flexo.cache.Generations;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import flexo.cache.WrongFiles;
import flexo.mirror.Archive;
import flexo.repository.DatabaseReading;
import flexo.repository.KnownPackages;
import java.nio.file.Path;

/**
 * What is known of the files in the cache directory; shared by all who put files there, hand them out and remove them.
 *
 * @param directory the cache directory
 * @param mark the mark of that directory
 * @param notes the directory of what is noted about them
 * @param cache the files themselves
 * @param packages what the current databases list
 * @param reading reads them
 * @param verified which files were found to be what the databases list
 * @param wrong removes those that were found to be something else
 * @param open which files somebody reads or writes just now
 */
record StoredFiles(
        Path directory,
        CacheMark mark,
        Path notes,
        PackageCache cache,
        KnownPackages packages,
        DatabaseReading reading,
        VerifiedFiles verified,
        WrongFiles wrong,
        OpenFiles open) {
    /** The databases among them. */
    Generations generations() {
        return new Generations(directory, mark);
    }

    static StoredFiles in(Places places, HeapShares shares, Threads threads) {
        Path directory = places.cache().directory();
        PackageCache cache = new PackageCache(directory, places.mark());
        VerifiedFiles verified = new VerifiedFiles();
        OpenFiles open = new OpenFiles();
        return new StoredFiles(
                directory,
                places.mark(),
                places.state().directory(),
                cache,
                new KnownPackages(shares.packages(), Archive::isOfDay),
                new DatabaseReading(shares.database(), shares.databasesAtOnce()),
                verified,
                new WrongFiles(cache, open, verified, threads.timer(), threads.storage()),
                open);
    }
}
