package flexo.download;

import flexo.alpm.RepositoryPath;
import java.io.IOException;

/** The bytes of a download will not come. Without a stack trace, since the network is the cause, not the code. */
public final class DownloadFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient DownloadFailure failure;

    public DownloadFailedException(DownloadFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /** The file is not cached, and mirrors were not to be asked. */
    static DownloadFailedException notCached(RepositoryPath path) {
        return new DownloadFailedException(
                new DownloadFailure(DownloadFailure.Reason.NOT_CACHED, path + ": it is not in the cache"));
    }

    /** The reason. */
    public DownloadFailure failure() {
        return failure;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
