package flexo.download;

import flexo.mirror.Rest;
import java.util.Optional;

/**
 * Why a download ended without its file, as clients are told.
 *
 * @param reason what it comes down to
 * @param message a sentence for people: what was asked of whom, and what happened
 * @param rest with what a mirror has put us off, and for how long; empty unless that is the reason
 */
public record DownloadFailure(Reason reason, String message, Optional<Rest> rest) {
    /** One that is not because of a mirror that wants to be left alone. */
    public DownloadFailure(Reason reason, String message) {
        this(reason, message, Optional.empty());
    }

    /** The reasons a client may have to tell apart. */
    public enum Reason {
        /** It is not to be had here by anybody. */
        NOT_ALLOWED,
        /** Every mirror said that it does not have the file. */
        NOT_FOUND,
        /** Only what is here was asked for, and the file is not. */
        NOT_CACHED,
        /** Mirrors answered, but none with the file. */
        BAD_ANSWERS,
        /** Whoever may have the file wants to be left alone for a while. */
        PUT_OFF,
        /** No mirror delivered in time. */
        TIMED_OUT,
        /** The cache directory could not take the file. */
        STORAGE,
        /** Nobody wanted it any more, or the application is being stopped. */
        ABANDONED,
        /** Too many downloads are on their way. */
        BUSY
    }
}
