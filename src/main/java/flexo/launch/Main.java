package flexo.launch;

import flexo.launch.CannotStart.Reason;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.LogManager;

/** Entry point of the executable WAR. */
public final class Main {
    private Main() {}

    /**
     * Runs the command of the arguments, by default a server until the process is terminated. On failure it prints the
     * reason to standard error, and exits with a code other than 0.
     *
     * @param args see {@link Command#HELP}
     */
    public static void main(String[] args) {
        Thread.setDefaultUncaughtExceptionHandler(new LastResort());
        try {
            Command command = Command.of(args);
            if (command instanceof Command.Help) {
                System.out.print(Command.HELP);
            } else if (command instanceof Command.Version) {
                System.out.println("Flexo " + version());
            } else if (command instanceof Command.Check check) {
                check(check.file());
            } else if (command instanceof Command.PrintSettings) {
                printSettings();
            } else {
                serve();
            }
        } catch (CannotStart refusal) {
            System.err.println("Flexo cannot start: " + refusal.getMessage());
            System.exit(refusal.reason().exitCode());
        }
    }

    static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("of unknown version");
    }

    private static void check(Optional<Path> file) throws CannotStart {
        WarArchive war = WarArchive.containing(Main.class);
        // Its contents are refused as cache directory, as at a start.
        System.setProperty(
                "catalina.base",
                CatalinaBase.usual(System.getenv("CATALINA_BASE"), Path.of(System.getProperty("user.home")))
                        .directory()
                        .toString());
        ReadSettings settings = complete(war, () -> ReadSettings.of(war, file));
        System.err.print(settings.warnings());
        Optional<String> mistakes = settings.mistakes();
        if (mistakes.isPresent()) {
            System.err.println(mistakes.get());
            System.exit(Reason.FAILED.exitCode());
        }
        System.out.println("The settings are valid. They are read from " + settings.sources());
    }

    private static void printSettings() throws CannotStart {
        WarArchive war = WarArchive.containing(Main.class);
        System.out.print(complete(war, () -> ReadSettings.printed(war)));
    }

    private static void serve() throws CannotStart {
        WarArchive war = WarArchive.containing(Main.class);
        String named = System.getenv("CATALINA_BASE");
        try (CatalinaBase.Reserved reserved = CatalinaBase.reserve(named, Path.of(System.getProperty("user.home")))) {
            reserved.base().configure(war);
            serve(war, reserved.base());
        } catch (IOException fault) {
            throw new CannotStart(
                    "the directory " + (named == null ? System.getProperty("user.home") + "/.flexo" : named)
                            + " cannot be prepared (" + fault
                            + "). Set CATALINA_BASE to a directory that can be written to.",
                    fault);
        }
    }

    private static void serve(WarArchive war, CatalinaBase base) throws IOException, CannotStart {
        Path logging = base.logging(war);
        System.setProperty("catalina.home", base.directory().toString());
        System.setProperty("catalina.base", base.directory().toString());
        System.setProperty("flexo.war", war.file().toString());
        System.setProperty("java.util.logging.manager", "org.apache.juli.ClassLoaderLogManager");
        // For threads with other class loaders than Tomcat's, such as those of the JDK's common pool.
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
        // Before the settings are read, whose library asks for the manager: only this class path contains JULI.
        LogManager.getLogManager();

        ReadSettings settings = complete(war, () -> ReadSettings.of(war, Optional.empty()));
        Optional<String> mistakes = settings.mistakes();
        if (mistakes.isPresent()) {
            throw new CannotStart(Reason.SETTINGS, mistakes.get());
        }
        settings.giveToServerXml();
        // By name: only the container's class loader sees Tomcat, so it must load the class.
        Optional<?> failure = complete(war, () -> (Optional<?>) ((Supplier<?>) container
                        .loadClass("flexo.launch.EmbeddedCatalina")
                        .getConstructor()
                        .newInstance())
                .get());
        if (failure.isPresent()) {
            Map.Entry<?, ?> why = (Map.Entry<?, ?>) failure.get();
            throw new CannotStart(
                    Reason.valueOf(why.getKey().toString()), why.getValue().toString());
        }
    }

    /** An action that needs only the archive. */
    private interface FromArchive<T> {
        T get() throws IOException, ReflectiveOperationException;
    }

    private static <T> T complete(WarArchive war, FromArchive<T> something) throws CannotStart {
        try {
            return something.get();
        } catch (IOException | ReflectiveOperationException fault) {
            throw new CannotStart(war.file() + " is incomplete (" + fault + ").", fault);
        }
    }
}
