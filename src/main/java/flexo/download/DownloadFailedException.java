package flexo.download;

import flexo.alpm.RepositoryPath;
import java.io.IOException;

/** The bytes of a download will not come. It has no stack trace: it tells of the network, not of the code. */
public final class DownloadFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient DownloadFailure failure;

    /** For this reason. */
    public DownloadFailedException(DownloadFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /** Only what is here was asked for, and the file is not. */
    static DownloadFailedException notCached(RepositoryPath path) {
        return new DownloadFailedException(
                new DownloadFailure(DownloadFailure.Reason.NOT_CACHED, path + ": it is not in the cache"));
    }

    /** Why. */
    public DownloadFailure failure() {
        return failure;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
