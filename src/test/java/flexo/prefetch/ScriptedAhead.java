package flexo.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.download.AheadSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A source of files whose downloads end as the test says. Signatures are there at once. */
final class ScriptedAhead implements AheadSource {
    private final Map<String, CompletableFuture<Ahead>> running = new LinkedHashMap<>();
    /** The files that were asked for, in order. */
    final List<String> asked = new ArrayList<>();

    final Set<String> joined = new HashSet<>();
    /** Files other than these that clients wait for. */
    int clients;

    End signatures = End.PRESENT;
    /** A file that cannot even be begun. */
    String refused = "";

    boolean slowly;

    @Override
    public CompletionStage<Ahead> fetchAhead(RepositoryPath path, boolean maySlow) {
        slowly = maySlow;
        if (path.fileName().endsWith(".sig")) {
            return CompletableFuture.completedFuture(new Ahead(signatures, 0, ""));
        }
        asked.add(path.fileName());
        if (path.fileName().equals(refused)) {
            throw new IllegalArgumentException("planted");
        }
        CompletableFuture<Ahead> fetching = new CompletableFuture<>();
        running.put(path.fileName(), fetching);
        return fetching;
    }

    @Override
    public void interrupt(RepositoryPath path) {
        if (running.containsKey(path.fileName()) && !joined.contains(path.fileName())) {
            ends(path.fileName(), End.INTERRUPTED, 0);
        }
    }

    @Override
    public boolean clientsWait() {
        return clients > 0 || running.keySet().stream().anyMatch(joined::contains);
    }

    void ends(String fileName, End end, long bytes) {
        running.remove(fileName).complete(new Ahead(end, bytes, end == End.FETCHED ? "" : "as in the test"));
    }

    void breaksOff(String fileName) {
        running.remove(fileName).completeExceptionally(new IllegalStateException("planted"));
    }

    /** The one file that is on its way; fails if there are others, or none. */
    String only() {
        assertThat(running).as("files on their way").hasSize(1);
        return running.keySet().iterator().next();
    }

    boolean isIdle() {
        return running.isEmpty();
    }
}
