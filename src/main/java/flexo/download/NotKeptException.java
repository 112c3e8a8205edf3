package flexo.download;

import java.io.IOException;

/** Tells a reader that the next bytes are not stored, and how to continue alone. */
final class NotKeptException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Remainder rest;

    NotKeptException(Remainder rest) {
        super("the bytes from " + rest.fromByte() + " on are not kept");
        this.rest = rest;
    }

    Remainder rest() {
        return rest;
    }

    /** It is no error, and happens often. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
