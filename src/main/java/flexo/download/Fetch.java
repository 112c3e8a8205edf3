package flexo.download;

import flexo.alpm.RepositoryPath;

/**
 * What is fetched for one {@link Download}, and by which rules: what all parts of its producer work with.
 *
 * @param context what every download works with
 * @param download where the bytes go
 * @param policy what the file must be, and what becomes of it
 * @param headOnly whether only size and time are wanted
 */
record Fetch(DownloadContext context, Download download, FilePolicy policy, boolean headOnly) {
    /** The file. */
    RepositoryPath path() {
        return download.path();
    }

    /** The passing of time. */
    long nowNanos() {
        return context.nanoTime().getAsLong();
    }
}
