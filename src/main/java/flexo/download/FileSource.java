package flexo.download;

import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The source of files for clients: the cache, or a download that is started or joined. */
public interface FileSource {
    /**
     * Opens a file for reading: at once if it is cached, otherwise when a mirror has delivered its first byte.
     *
     * @param client the client; it gets the signature that belongs to the database it was given
     * @return the file, to be closed by the caller; or a {@link DownloadFailedException}
     * @throws IOException if the cache cannot be read
     */
    CompletionStage<Opened> open(RepositoryPath path, Client client) throws IOException;

    /**
     * Requests only the head of a file; like {@link #open}, but fetches no body. The content must not be read.
     *
     * @param client the client
     * @return the file's head, in a content to be closed by the caller; or a {@link DownloadFailedException}
     * @throws IOException if the cache cannot be read
     */
    CompletionStage<Opened> openHead(RepositoryPath path, Client client) throws IOException;

    /**
     * Opens a file for reading if it is cached, or being downloaded with a known head. Asks no mirror, and does not
     * count as a use.
     *
     * @param client the client
     * @return the file, to be closed by the caller; or a {@link DownloadFailedException}, which is the default, since
     *     only mirrors know the current state
     * @throws IOException if the cache cannot be read
     */
    default CompletionStage<Opened> openCached(RepositoryPath path, Client client) throws IOException {
        return CompletableFuture.failedFuture(DownloadFailedException.notCached(path));
    }
}
