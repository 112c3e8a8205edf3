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
 * The knowledge about files in the cache directory, shared by all parts that write, serve and remove them.
 *
 * @param root the cache directory
 * @param notes the directory of notes about them
 * @param cache the files
 * @param packages the contents of current databases
 * @param reading reads databases
 * @param verified the files that match their databases
 * @param wrong removes files that do not
 * @param open the files in use
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
    /** The generations of databases. */
    Generations generations() {
        return new Generations(root);
    }

    /** The cache directory. */
    Path directory() {
        return root.directory();
    }

    /** The reason why nothing can be written there; empty if it can. Existing files are served nevertheless. */
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
