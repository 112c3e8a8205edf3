package flexo.launch;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Entry point of the executable WAR. */
public final class Main {
    private Main() {}

    /**
     * Runs Flexo until the process is told to end; ends it with code 1 and one sentence on standard error if Flexo cannot start.
     *
     * @param args none: everything is set by environment variables
     */
    public static void main(String[] args) {
        try {
            if (args.length > 0) {
                throw new CannotStart("there are no arguments; set environment variables such as FLEXO_PORT instead.");
            }
            run();
        } catch (CannotStart refusal) {
            System.err.println("Flexo cannot start: " + refusal.getMessage());
            System.exit(1);
        }
    }

    private static void run() throws CannotStart {
        WarArchive war = WarArchive.containing(Main.class);
        ListenAddress listen = ListenAddress.of(Main::variable);
        CatalinaBase base = CatalinaBase.choose(
                System.getenv("CATALINA_BASE"), Path.of(System.getProperty("user.home")), listen.port());
        try {
            FileChannel reservation = base.reserve();
            try {
                base.configure(war);
                run(war, base);
            } finally {
                reservation.close();
            }
        } catch (IOException fault) {
            throw new CannotStart(
                    "the directory " + base.directory() + " cannot be prepared (" + fault
                            + "). Set CATALINA_BASE to a directory that can be written to.",
                    fault);
        } catch (ReflectiveOperationException fault) {
            throw new CannotStart(war.file() + " is incomplete (" + fault + ").", fault);
        }
    }

    /** As Tomcat looks up the variables in {@code server.xml}. */
    private static String variable(String name) {
        String value = System.getenv(name);
        return value == null ? System.getProperty(name) : value;
    }

    private static void run(WarArchive war, CatalinaBase base)
            throws IOException, ReflectiveOperationException, CannotStart {
        Path logging = base.logging(war);
        System.setProperty("catalina.home", base.directory().toString());
        System.setProperty("catalina.base", base.directory().toString());
        System.setProperty("flexo.war", war.file().toString());
        System.setProperty("java.util.logging.manager", "org.apache.juli.ClassLoaderLogManager");
        // For threads whose class loader is not one of Tomcat's, such as those of the JDK's common pool.
        System.setProperty(
                "java.util.logging.config.file",
                logging.resolve("logging.properties").toString());

        List<URL> classPath = new ArrayList<>();
        for (Path jar : base.unpackContainer(war)) {
            classPath.add(jar.toUri().toURL());
        }
        classPath.add(war.file().toUri().toURL());
        // JULI looks for logging.properties in the class loader that Tomcat runs in.
        classPath.add(logging.toUri().toURL());
        URLClassLoader container =
                new URLClassLoader("container", classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(container);

        // By name: the class must come from the container's class loader, which alone sees Tomcat.
        Object catalina = container
                .loadClass("flexo.launch.EmbeddedCatalina")
                .getConstructor()
                .newInstance();
        Optional<?> failure = (Optional<?>) ((Supplier<?>) catalina).get();
        if (failure.isPresent()) {
            throw new CannotStart(failure.get().toString());
        }
    }
}
