package flexo.download;

import flexo.mirror.Rest;
import java.util.Optional;

/**
 * The reason for which a download ended without its file, for clients.
 *
 * @param reason its kind
 * @param message a sentence for people: the request, the mirrors, and the events
 * @param rest the rest that a mirror has asked for; empty unless that is the reason
 */
public record DownloadFailure(Reason reason, String message, Optional<Rest> rest) {
    /** A failure without a rest. */
    public DownloadFailure(Reason reason, String message) {
        this(reason, message, Optional.empty());
    }

    /** The kinds that clients may have to distinguish. */
    public enum Reason {
        /** It is never served here. */
        NOT_ALLOWED,
        /** Every mirror said that it does not have the file. */
        NOT_FOUND,
        /** The file is not cached, and mirrors were not to be asked. */
        NOT_CACHED,
        /** Mirrors answered, but none with the file. */
        BAD_ANSWERS,
        /** Every mirror that may have the file has asked for a rest. */
        PUT_OFF,
        /** No mirror delivered in time. */
        TIMED_OUT,
        /** The cache directory refused the file. */
        STORAGE,
        /** No client wanted it any more, or the application is being stopped. */
        ABANDONED,
        /** Too many downloads are running. */
        BUSY
    }
}
