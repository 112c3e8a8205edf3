package flexo.prefetch;

import flexo.alpm.RepositoryPath;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The repository databases, as prefetching needs them. */
public interface CurrentDatabases {
    /**
     * Revalidates all databases that are useful to clients.
     *
     * @param others further databases to check
     * @return completed when all checks are over; never fails
     */
    CompletionStage<Void> refreshed(Collection<RepositoryPath> others);

    /** All package databases that were ever fetched. */
    List<RepositoryPath> all();
}
