package flexo.mirror;

/** Whether a mirror may be asked, after how its last transfers ended. */
enum Standing {
    /** Nothing speaks against it. */
    HEALTHY,
    /** It failed and was left alone long enough: one request may find out whether it is back. */
    ON_TRIAL,
    /** It failed a short while ago, or a request is finding out about it at this moment. */
    LEFT_ALONE
}
