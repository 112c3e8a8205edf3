package flexo.download;

import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where clients' requests get their files from: the cache, or a download that is started or joined. */
public interface FileSource {
    /**
     * Opens a file for reading. At once if it is cached; otherwise as soon as a mirror has delivered its first byte.
     *
     * @param client who asks; whoever was given a database gets the signature that belongs to it
     * @return the file, to be closed by the caller; or a {@link DownloadFailedException}
     * @throws IOException if the cache cannot be read
     */
    CompletionStage<Opened> open(RepositoryPath path, Client client) throws IOException;

    /**
     * Asks for the head of a file only; like {@link #open}, but fetches no body. The content must not be read.
     *
     * @param client who asks
     * @return the file's head, in a content to be closed by the caller; or a {@link DownloadFailedException}
     * @throws IOException if the cache cannot be read
     */
    CompletionStage<Opened> openHead(RepositoryPath path, Client client) throws IOException;

    /**
     * Opens a file for reading if it is here: cached, or on its way with its head known. No mirror is asked for it, and it
     * does not count as used.
     *
     * @param client who asks
     * @return the file, to be closed by the caller; or a {@link DownloadFailedException}. As it is by default: what is
     *     current, mirrors alone can say
     * @throws IOException if the cache cannot be read
     */
    default CompletionStage<Opened> openCached(RepositoryPath path, Client client) throws IOException {
        return CompletableFuture.failedFuture(DownloadFailedException.notCached(path));
    }
}
