package flexo.app;

import flexo.cache.CacheRoot;
import flexo.cache.Generations;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import flexo.cache.WrongFiles;
import flexo.mirror.Archive;
import flexo.repository.DatabaseReading;
import flexo.repository.KnownPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is known of the files in the cache directory; shared by all who put files there, hand them out and remove them.
 *
 * @param root the cache directory
 * @param notes the directory of what is noted about them
 * @param cache the files themselves
 * @param packages what the current databases list
 * @param reading reads them
 * @param verified which files were found to be what the databases list
 * @param wrong removes those that were found to be something else
 * @param open which files somebody reads or writes just now
 */
record StoredFiles(
        CacheRoot root,
        Path notes,
        PackageCache cache,
        KnownPackages packages,
        DatabaseReading reading,
        VerifiedFiles verified,
        WrongFiles wrong,
        OpenFiles open) {
    /** The databases among them. */
    Generations generations() {
        return new Generations(root);
    }

    /** Where they lie. */
    Path directory() {
        return root.directory();
    }

    /** Why nothing can be put there; empty if something can. What is there is served all the same. */
    Optional<String> fault() {
        return Files.isWritable(directory())
                ? Optional.empty()
                : Optional.of(directory() + " cannot be written to: files are served, and not kept.");
    }

    static StoredFiles in(Places places, HeapShares shares, Threads threads) {
        CacheRoot root = CacheRoot.of(places.cache().directory(), places.mark());
        root.instance().begin();
        PackageCache cache = new PackageCache(root);
        VerifiedFiles verified = new VerifiedFiles();
        OpenFiles open = new OpenFiles();
        return new StoredFiles(
                root,
                places.state().directory(),
                cache,
                new KnownPackages(shares.packages(), Archive::isOfDay),
                new DatabaseReading(shares.database(), shares.databasesAtOnce()),
                verified,
                new WrongFiles(cache, open, verified, threads.timer(), threads.storage()),
                open);
    }
}
