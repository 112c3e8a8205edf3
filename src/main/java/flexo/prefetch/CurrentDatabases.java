package flexo.prefetch;

import flexo.alpm.RepositoryPath;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The databases of repositories, as they are needed here. */
public interface CurrentDatabases {
    /**
     * Asks mirrors for newer states of all that are of use to clients.
     *
     * @param others databases to be looked for, too
     * @return completed when all answers are there, or will not come; never fails
     */
    CompletionStage<Void> refreshed(Collection<RepositoryPath> others);

    /** Those that list packages, of all that were ever fetched. */
    List<RepositoryPath> all();
}
