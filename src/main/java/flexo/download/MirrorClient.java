package flexo.download;

/** Sends requests to mirrors; how, is no business of this package. */
public interface MirrorClient {
    /**
     * Sends a request. May block while the mirror's name is resolved, so it is not called on threads that must not.
     *
     * @param mirrorRequest what to ask
     * @param listener told of the response; never called again once it was told of an end or a failure
     * @return the request on its way
     */
    Exchange send(MirrorRequest mirrorRequest, MirrorResponseListener listener);

    /** A request on its way. */
    interface Exchange {
        /**
         * Drops the request and its connection. Never blocks; the listener may still be told of a failure, and of events
         * that were on their way.
         */
        void cancel();

        /** Asks the mirror for no more than what is on its way, some hundred KiB at most. Never blocks. */
        void pause();

        /** Ends a pause. Never blocks. */
        void goOn();
    }
}
