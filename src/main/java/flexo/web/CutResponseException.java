package flexo.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.Optional;

/**
 * Thrown at the container to make it drop the connection of a response that cannot be finished; a servlet has no other
 * way. It has no stack trace, since the container logs it.
 *
 * <p>Tomcat logs two stack traces for each, and looks for an error page, which it would send as the rest of the file.
 * It does neither for its own exception for a lost client, and still drops the connection. So that one is used if it
 * exists; the reason is already logged by us.
 */
final class CutResponseException extends IOException {
    private static final long serialVersionUID = 1L;
    /** By name instead of an import, since other containers do not have it. */
    private static final Optional<Constructor<? extends IOException>> TOMCATS =
            constructor("org.apache.catalina.connector.ClientAbortException");

    CutResponseException(String reason) {
        super(reason);
    }

    /** The exception to throw. Before the head is sent an error page is still possible. */
    static IOException of(HttpServletResponse response, String reason) {
        CutResponseException ours = new CutResponseException(reason);
        if (!response.isCommitted() || TOMCATS.isEmpty()) {
            return ours;
        }
        try {
            return TOMCATS.get().newInstance(reason);
        } catch (ReflectiveOperationException e) {
            return ours;
        }
    }

    private static Optional<Constructor<? extends IOException>> constructor(String name) {
        try {
            return Optional.of(Class.forName(name).asSubclass(IOException.class).getConstructor(String.class));
        } catch (ReflectiveOperationException | LinkageError e) {
            return Optional.empty();
        }
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
