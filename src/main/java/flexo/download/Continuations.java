package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import java.io.IOException;

/** Fetches the rest of a file for one reader alone. */
@FunctionalInterface
interface Continuations {
    /**
     * Begins to fetch.
     *
     * @param head of the whole file, as the reader was told
     * @param position the next byte that the reader needs
     * @return the file from that byte on; to be closed
     * @throws IOException if it is not to be fetched
     */
    Content goOn(RepositoryPath path, ContentHead head, Rest rest, long position) throws IOException;
}
