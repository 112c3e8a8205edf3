package flexo.download;

import flexo.alpm.RepositoryPath;

/**
 * A fetch for one {@link Download}: the state shared by all parts of its producer.
 *
 * @param context the dependencies of all downloads
 * @param download receives the bytes
 * @param policy the rules for the file
 * @param headOnly whether only size and time are wanted
 */
record Fetch(DownloadContext context, Download download, FilePolicy policy, boolean headOnly) {
    /** The file. */
    RepositoryPath path() {
        return download.path();
    }

    /** As {@link System#nanoTime}. */
    long nowNanos() {
        return context.nanoTime().getAsLong();
    }
}
