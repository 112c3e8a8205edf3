package flexo.download;

/** Sends requests to mirrors. */
public interface MirrorClient {
    /**
     * Sends a request. May block on name resolution, so it must not be called on threads that must not block.
     *
     * @param mirrorRequest the request
     * @param listener receives the response; never called after an end or a failure
     * @return the running request
     */
    Exchange send(MirrorRequest mirrorRequest, MirrorResponseListener listener);

    /** A running request. */
    interface Exchange {
        /**
         * Drops the request and its connection. Never blocks; the listener may still receive a failure, and events in
         * progress.
         */
        void cancel();

        /** Pauses the response; some hundred KiB at most may still arrive. Never blocks. */
        void pause();

        /** Ends a pause. Never blocks. */
        void goOn();
    }
}
