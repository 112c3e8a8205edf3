package flexo.scenario;

import java.lang.management.ManagementFactory;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.Host;
import org.apache.catalina.Server;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.realm.GenericPrincipal;
import org.apache.catalina.realm.RealmBase;

/**
 * The Tomcat that Arquillian started in this JVM, asked through JMX.
 *
 * <p>Arquillian 1.2 tells a test the configured port only, which is 0 here, so that suites may run side by side.
 */
final class Container {
    private Container() {}

    /** The port that the HTTP connector got. */
    static int port() {
        return (Integer) attribute("*:type=Connector,*", "localPort");
    }

    /** The class loader of the application at a context path ("" is ROOT), or null if there is none. */
    static ClassLoader applicationLoader(String contextPath) {
        org.apache.catalina.Container context = host().findChild(contextPath);
        return context instanceof org.apache.catalina.Context application
                ? application.getLoader().getClassLoader()
                : null;
    }

    /** Lets the container know users, each with some roles; their password is their name backwards. */
    static void knows(Map<String, List<String>> users) {
        host().setRealm(new RealmBase() {
            @Override
            protected String getPassword(String user) {
                return users.containsKey(user)
                        ? new StringBuilder(user).reverse().toString()
                        : null;
            }

            @Override
            protected Principal getPrincipal(String user) {
                return new GenericPrincipal(user, users.get(user));
            }
        });
    }

    /** Stops the application at a context path and starts it again, as its container does when a class has changed. */
    static void reload(String contextPath) {
        context(contextPath).reload();
    }

    /** How long the container waits for requests that are suspended before it stops an application. */
    static void unloadDelay(String contextPath, Duration delay) {
        context(contextPath).setUnloadDelay(delay.toMillis());
    }

    private static StandardContext context(String contextPath) {
        return (StandardContext) host().findChild(contextPath);
    }

    /**
     * Changes how long the connector waits for clients, those that read included; for connections that come from now on.
     *
     * @return makes it as it was
     */
    static AutoCloseable connectionTimeout(int millis) {
        Connector connector = server().findServices()[0].findConnectors()[0];
        Object former = connector.getProperty("connectionTimeout");
        connector.setProperty("connectionTimeout", Integer.toString(millis));
        return () -> connector.setProperty("connectionTimeout", former.toString());
    }

    private static Server server() {
        return (Server) attribute("*:type=Server", "managedResource");
    }

    private static Host host() {
        return (Host) server().findServices()[0].getContainer().findChildren()[0];
    }

    private static Object attribute(String pattern, String name) {
        try {
            MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
            ObjectName bean =
                    beans.queryNames(new ObjectName(pattern), null).iterator().next();
            return beans.getAttribute(bean, name);
        } catch (JMException e) {
            throw new IllegalStateException("Tomcat does not tell its " + name + " through JMX", e);
        }
    }
}
