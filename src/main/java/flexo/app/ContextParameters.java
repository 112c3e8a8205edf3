package flexo.app;

import jakarta.servlet.ServletContext;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.naming.Binding;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;

/**
 * The settings that the container gives the web application: init parameters, from {@code context-param} in web.xml and
 * {@code <Parameter>} in Tomcat's context.xml, and JNDI entries, from {@code env-entry} and {@code <Environment>}.
 *
 * <p>JNDI names may be written with dots, {@code flexo.port}, or slashes, {@code flexo/port}. A container without JNDI,
 * such as an embedded Tomcat, has only the former.
 */
final class ContextParameters {
    private static final Logger LOG = Logger.getLogger(ContextParameters.class.getName());
    private static final String ENTRIES = "java:comp/env";
    private static final String PREFIX = "flexo";
    /** Deeper than any setting's name. */
    private static final int MOST_LEVELS = 4;

    private ContextParameters() {}

    /** {@return all settings, by name with dots; an init parameter takes precedence over an entry of the same name} */
    static Map<String, String> of(ServletContext context) {
        Map<String, String> parameters = new HashMap<>();
        try {
            Context naming = new InitialContext();
            try {
                collect(naming, ENTRIES, "", 0, parameters);
            } finally {
                naming.close();
            }
        } catch (NamingException e) {
            LOG.log(Level.FINE, "This container has no environment entries", e);
        }
        Collections.list(context.getInitParameterNames())
                .forEach(name -> parameters.put(name, context.getInitParameter(name)));
        return parameters;
    }

    /** Collects entries below a place; values of other programs' entries are not read. */
    static void collect(Context naming, String place, String prefix, int level, Map<String, String> found)
            throws NamingException {
        NamingEnumeration<Binding> bindings = naming.listBindings(place);
        try {
            while (bindings.hasMore()) {
                Binding binding = bindings.next();
                String name = prefix + binding.getName();
                if (!name.equals(PREFIX) && !name.startsWith(PREFIX + ".")) {
                    continue;
                }
                if (binding.getObject() instanceof Context && level < MOST_LEVELS) {
                    collect(naming, place + "/" + binding.getName(), name + ".", level + 1, found);
                } else if (binding.getObject() instanceof String
                        || binding.getObject() instanceof Number
                        || binding.getObject() instanceof Boolean) {
                    found.put(name, binding.getObject().toString());
                }
            }
        } finally {
            bindings.close();
        }
    }
}
