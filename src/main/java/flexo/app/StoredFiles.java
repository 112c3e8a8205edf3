package flexo.app;

import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import flexo.download.OpenFiles;
import flexo.repository.KnownPackages;
import java.nio.file.Path;

/**
 * What is known of the files in the cache directory; shared by all who put files there, hand them out and remove them.
 *
 * @param directory the cache directory
 * @param cache the files themselves
 * @param packages what the current databases list
 * @param verified which files were found to be what the databases list
 * @param open which files somebody reads or writes just now
 */
record StoredFiles(Path directory, PackageCache cache, KnownPackages packages, VerifiedFiles verified, OpenFiles open) {
    static StoredFiles in(Path directory) {
        return new StoredFiles(
                directory, new PackageCache(directory), new KnownPackages(), new VerifiedFiles(), new OpenFiles());
    }
}
