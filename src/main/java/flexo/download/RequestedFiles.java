package flexo.download;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.mirror.Upstreams;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The files by the paths of clients: maps alternative paths to the canonical one, refuses disallowed ones, and serves
 * local directories.
 *
 * <p>Pacoloco names a repository {@code repo/name}, which is {@code custom_repo/name} here; its users mostly name the
 * official ones {@code archlinux}.
 */
public final class RequestedFiles implements FileSource {
    private static final String PACOLOCO_DIRECTORY = "repo";
    private static final String OFFICIAL_IN_PACOLOCO = "archlinux";

    private final FileSource files;
    private volatile Offer offer;

    /**
     * The available files.
     *
     * @param mirrored the names of the unofficial repositories with mirrors
     * @param local the others, local directories, by name
     * @param restrictions the allowed files
     */
    public record Offer(Set<String> mirrored, Map<String, LocalDirectory> local, Restrictions restrictions) {
        public Offer {
            mirrored = Set.copyOf(mirrored);
            local = Map.copyOf(local);
        }

        private boolean has(String name) {
            return mirrored.contains(name) || local.containsKey(name);
        }

        private String names() {
            Set<String> names = new TreeSet<>(mirrored);
            names.addAll(local.keySet());
            return names.isEmpty() ? "none is configured" : "configured are: " + String.join(", ", names);
        }
    }

    /**
     * The files of a source.
     *
     * @param files takes canonical paths
     */
    public RequestedFiles(FileSource files, Offer offer) {
        this.files = files;
        this.offer = offer;
    }

    /** Replaces the available files. */
    public void use(Offer next) {
        offer = next;
    }

    @Override
    public CompletionStage<Opened> open(RepositoryPath path, Client client) throws IOException {
        return open(path, client, files::open);
    }

    @Override
    public CompletionStage<Opened> openHead(RepositoryPath path, Client client) throws IOException {
        return open(path, client, files::openHead);
    }

    @Override
    public CompletionStage<Opened> openCached(RepositoryPath path, Client client) throws IOException {
        return open(path, client, files::openCached);
    }

    /** One of the ways to open a file. */
    private interface Opening {
        CompletionStage<Opened> open(RepositoryPath path, Client client) throws IOException;
    }

    private CompletionStage<Opened> open(RepositoryPath asked, Client client, Opening opening) throws IOException {
        Offer now = offer;
        RepositoryPath path;
        try {
            path = ownName(asked, now);
        } catch (RefusedPathException e) {
            return failed(DownloadFailure.Reason.NOT_FOUND, asked + ": " + e.getMessage());
        }
        if (!now.restrictions().allow(path)) {
            return failed(
                    DownloadFailure.Reason.NOT_ALLOWED,
                    path + " is not served here: allowed_repositories and allowed_paths leave it out");
        }
        if (!path.isBelow(Upstreams.CUSTOM_DIRECTORY)) {
            return opening.open(path, client);
        }
        List<String> segments = path.segments();
        String name = segments.get(1);
        if (!now.has(name)) {
            return failed(
                    DownloadFailure.Reason.NOT_FOUND,
                    path + ": there is no custom repository '" + name + "'; " + now.names());
        }
        Optional<RepositoryPath> rest = path.withoutFirst(Upstreams.CUSTOM_SEGMENTS);
        if (rest.isEmpty()) {
            return failed(
                    DownloadFailure.Reason.NOT_FOUND,
                    path + " is a custom repository; the path of a file has to follow");
        }
        LocalDirectory directory = now.local().get(name);
        return directory == null ? opening.open(path, client) : openLocal(path, directory, rest.get(), client);
    }

    private static CompletionStage<Opened> openLocal(
            RepositoryPath path, LocalDirectory directory, RepositoryPath rest, Client client) {
        try {
            Optional<Content> content = directory.open(rest, client);
            return content.isPresent()
                    ? CompletableFuture.completedFuture(new Opened(content.get(), Opened.Origin.HIT))
                    : failed(
                            DownloadFailure.Reason.NOT_FOUND,
                            path + ": the directory of this repository does not have it");
        } catch (IOException e) {
            return failed(
                    DownloadFailure.Reason.STORAGE,
                    path + ": cannot be read in the directory of this repository ("
                            // The location is not for clients.
                            + e.getClass().getSimpleName() + ")");
        }
    }

    /** The canonical form of a path. */
    private static RepositoryPath ownName(RepositoryPath asked, Offer now) throws RefusedPathException {
        if (!asked.isBelow(PACOLOCO_DIRECTORY)) {
            return asked;
        }
        if (asked.isBelow(PACOLOCO_DIRECTORY + "/" + OFFICIAL_IN_PACOLOCO) && !now.has(OFFICIAL_IN_PACOLOCO)) {
            return asked.withoutFirst(2).orElseThrow();
        }
        return asked.withoutFirst(1).orElseThrow().below(Upstreams.CUSTOM_DIRECTORY);
    }

    private static CompletionStage<Opened> failed(DownloadFailure.Reason reason, String message) {
        return CompletableFuture.failedFuture(new DownloadFailedException(new DownloadFailure(reason, message)));
    }
}
