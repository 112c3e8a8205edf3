package flexo.mirror;

/** Whether a mirror may be asked, by the outcome of its last transfers. */
enum Standing {
    /** It works. */
    HEALTHY,
    /** It failed and its rest is over: one request may be the trial. */
    ON_TRIAL,
    /** It failed recently, or a trial is running. */
    LEFT_ALONE
}
