package flexo.web;

import java.io.IOException;

/**
 * Thrown at the container to make it drop the connection of a response that cannot be finished; the only way a servlet
 * has. It has no stack trace, since the container logs it.
 */
final class CutResponseException extends IOException {
    private static final long serialVersionUID = 1L;

    CutResponseException(String reason) {
        super(reason);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
