package flexo.app;

import flexo.alpm.RepositoryPath;
import flexo.database.Databases;
import flexo.prefetch.CurrentDatabases;
import flexo.prefetch.PrefetchSettings;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The databases for prefetching.
 *
 * @param settings decide how long an unused database is kept current
 */
record RefreshedDatabases(Databases databases, Supplier<PrefetchSettings> settings) implements CurrentDatabases {
    @Override
    public CompletionStage<Void> refreshed(Collection<RepositoryPath> others) {
        return databases.refresh(others, settings.get().unusedAfter());
    }

    @Override
    public List<RepositoryPath> all() {
        return databases.listingPackages();
    }
}
