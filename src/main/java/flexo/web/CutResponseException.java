package flexo.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.Optional;

/**
 * Thrown at the container to make it drop the connection of a response that cannot be finished; the only way a servlet
 * has. It has no stack trace, since the container logs it.
 *
 * <p>Tomcat logs two for each, and looks for an error page, which would go to the client as the rest of its file. It does
 * neither for the exception by which it tells that a client is gone, and drops the connection all the same. So, where the
 * container has that one, it takes the place of ours; we have told the reason already.
 */
final class CutResponseException extends IOException {
    private static final long serialVersionUID = 1L;
    /** A name and not an import: other containers do not have it. */
    private static final Optional<Constructor<? extends IOException>> TOMCATS =
            constructor("org.apache.catalina.connector.ClientAbortException");

    CutResponseException(String reason) {
        super(reason);
    }

    /** What is to be thrown. Before the head is sent, there is still time for an error page. */
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
