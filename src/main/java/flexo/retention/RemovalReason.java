package flexo.retention;

/** Why a file is removed from the package cache. */
public enum RemovalReason {
    /** Enough newer versions of the package are in the cache. */
    OLD_VERSION("enough newer versions are in the cache"),
    /** No client has used it for longer than {@code purge_unused_after}. */
    UNUSED("no client has used it for too long"),
    /** Its repository is larger than its own limit, and the other files in it were used more recently. */
    REPOSITORY_SIZE("its repository is larger than its limit, and the rest was used more recently"),
    /** The cache is larger than {@code cache_size_limit}, and its other files were used more recently. */
    CACHE_SIZE("the cache is larger than its limit, and the rest was used more recently"),
    /**
     * The disk is short of room, for {@code cache_min_free} or a new file, and the other files were used more recently.
     */
    DISK_SPACE("the disk is nearly full, and the rest of the cache was used more recently"),
    /** It has no bytes, as after a crash or on a full disk. */
    EMPTY("it is empty"),
    /** Its package is not in the cache. */
    ORPHAN_SIGNATURE("its package is not there"),
    /** A note of Flexo about a file that is not in the cache. */
    ORPHAN_NOTE("its file is not in the cache"),
    /** A download broke off long ago, and nobody has requested the file since. */
    LEFTOVER("its download broke off long ago"),
    /** The bytes of a download that can never be resumed. */
    USELESS_PART("its download cannot be resumed");

    private final String text;

    RemovalReason(String text) {
        this.text = text;
    }

    /** The reason for people; completes "removed, since …". */
    public String text() {
        return text;
    }
}
