package flexo.mirror;

/** Why a transfer from a mirror did not deliver what was asked. */
public enum MirrorFailure {
    /** The mirror does not have the file. Mirrors lag behind each other, so this says nothing against it. */
    NOT_FOUND(false),
    /** Another node does not have it in its cache: that says nothing about mirrors. */
    NOT_CACHED(false),
    /** A database file older than the one that is known already: the mirror lags behind. */
    OUTDATED(false),
    /** No connection, or it was lost before the response began. */
    UNREACHABLE(true),
    /** The proxy on the way to it did not do its part; nobody knows what the mirror would have said. */
    PROXY_FAILED(false),
    /** A status that is neither success nor "not found". */
    BAD_STATUS(true),
    /** It asked not to be asked for a while, and is not. */
    WANTS_REST(false),
    /** No byte came for longer than is waited. */
    STALLED(true),
    /** Bytes came, but fewer than the limit, or far fewer than other mirrors give. */
    TOO_SLOW(true),
    /** The response ended before its announced length. */
    TRUNCATED(true),
    /** Another length than the file has, or none at all: another build, or another moment. */
    WRONG_LENGTH(false),
    /** The rest of a file was asked and something else was offered. */
    RANGE_IGNORED(false),
    /** The bytes are not the file: its hash differs, or a web page came in its place. */
    WRONG_CONTENT(true);

    private final boolean blamesMirror;

    MirrorFailure(boolean blamesMirror) {
        this.blamesMirror = blamesMirror;
    }

    /** Tells whether the mirror is to be avoided because of it, and not only for this one file. */
    public boolean blamesMirror() {
        return blamesMirror;
    }
}
