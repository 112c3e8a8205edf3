package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import java.io.IOException;

/** Fetches the rest of a file for a single reader. */
@FunctionalInterface
interface Continuations {
    /**
     * Begins to fetch.
     *
     * @param head the head of the whole file, as sent to the reader
     * @param position the next byte that the reader needs
     * @return the file from that byte on; to be closed
     * @throws IOException if it cannot be fetched
     */
    Content goOn(RepositoryPath path, ContentHead head, Remainder rest, long position) throws IOException;
}
