package flexo.web;

import flexo.download.Opened;

/** The source of a response's body: the original Flexo's header of the same name, on which its clients may rely. */
enum PayloadOrigin {
    /** From the cache directory. */
    CACHE("Cache"),
    /** From a mirror, right now. */
    REMOTE_MIRROR("RemoteMirror"),
    /** There is no body, or it is not the file. */
    NO_PAYLOAD("NoPayload");

    static final String HEADER = "Flexo-Payload-Origin";

    private final String headerValue;

    PayloadOrigin(String headerValue) {
        this.headerValue = headerValue;
    }

    String headerValue() {
        return headerValue;
    }

    static PayloadOrigin of(Opened.Origin origin) {
        return origin.fromCache() ? CACHE : REMOTE_MIRROR;
    }
}
