package flexo.mirror;

/** The reason why a transfer from a mirror failed. */
public enum MirrorFailure {
    /** The mirror does not have the file. Mirrors lag behind one another, so it is not to blame. */
    NOT_FOUND(false),
    /** Another node does not have it in its cache: that says nothing about mirrors. */
    NOT_CACHED(false),
    /** A database file older than the one that is known already: the mirror lags behind. */
    OUTDATED(false),
    /** No connection, or it was lost before the response began. */
    UNREACHABLE(true),
    /** A proxy on the way failed; the mirror's answer is unknown. */
    PROXY_FAILED(false),
    /** A status other than success and "not found". */
    BAD_STATUS(true),
    /** It asked for a rest (429 or 503), and is not asked. */
    WANTS_REST(false),
    /** No byte came within the timeout. */
    STALLED(true),
    /** The rate was below the limit, or far below that of other mirrors. */
    TOO_SLOW(true),
    /** The response ended before its announced length. */
    TRUNCATED(true),
    /** The length differs from the file's, or is missing: another build, or another moment. */
    WRONG_LENGTH(false),
    /** The rest of a file was requested, and another range was offered. */
    RANGE_IGNORED(false),
    /** The bytes are not those of the file: the hash differs, or it is a web page. */
    WRONG_CONTENT(true);

    private final boolean blamesMirror;

    MirrorFailure(boolean blamesMirror) {
        this.blamesMirror = blamesMirror;
    }

    /** Whether the mirror should be avoided for it, and not only for this file. */
    public boolean blamesMirror() {
        return blamesMirror;
    }
}
