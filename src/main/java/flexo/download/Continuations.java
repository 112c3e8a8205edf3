package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.ContentHead;

/** Fetches rests of files for readers that were left behind. */
@FunctionalInterface
interface Continuations {
    /**
     * Begins to fetch.
     *
     * @param head of the whole file, as the reader was told
     * @return the file from the byte on that the reader needs; to be closed
     */
    Content goOn(RepositoryPath path, ContentHead head, LeftBehindException leftBehind);
}
