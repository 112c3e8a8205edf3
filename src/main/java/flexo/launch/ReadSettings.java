package flexo.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The settings, read by the application's own code: it is loaded from the archive by name, and returns plain values.
 *
 * @param values see {@code flexo.app.SettingsForLauncher}
 */
record ReadSettings(Map<?, ?> values) {
    /** The system property with the port for {@code server.xml}. */
    static final String PORT = "flexo.launched.port";

    /** The system property with the address for {@code server.xml}. */
    static final String ADDRESS = "flexo.launched.listen_ip_address";

    /** The system property that tells the application that the connector follows its settings. */
    private static final String LAUNCHED = "flexo.launched";

    /**
     * Reads all settings.
     *
     * @param file a TOML file to read in place of the configured one
     * @throws IOException if the archive cannot be read
     * @throws ReflectiveOperationException if it is incomplete
     */
    static ReadSettings of(WarArchive war, Optional<Path> file) throws IOException, ReflectiveOperationException {
        System.setProperty(LAUNCHED, "true");
        System.setProperty("flexo.war", war.file().toString());
        return new ReadSettings((Map<?, ?>) inApplication(
                war, "flexo.app.SettingsForLauncher", (Function<Function<Optional<Path>, ?>, ?>) it -> it.apply(file)));
    }

    /**
     * {@return all settings as text, with the source of each}
     *
     * @throws IOException if the archive cannot be read
     * @throws ReflectiveOperationException if it is incomplete
     */
    static String printed(WarArchive war) throws IOException, ReflectiveOperationException {
        System.setProperty(LAUNCHED, "true");
        return inApplication(war, "flexo.config.PrintedSettings", (Function<Supplier<?>, ?>) Supplier::get)
                .toString();
    }

    private static <T> Object inApplication(WarArchive war, String name, Function<T, ?> question)
            throws IOException, ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        PackedClasses classes = new PackedClasses(war);
        thread.setContextClassLoader(classes);
        try {
            @SuppressWarnings("unchecked")
            T application = (T) classes.loadClass(name).getConstructor().newInstance();
            return question.apply(application);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** {@return all mistakes, one per line, below a line that counts them; empty if there are none} */
    Optional<String> mistakes() {
        return Optional.ofNullable(values.get("mistakes")).map(Object::toString);
    }

    /** {@return mistakes that do not prevent the start, one per line} */
    String warnings() {
        return values.get("warnings").toString();
    }

    /** {@return the sources of the settings} */
    String sources() {
        return values.get("sources").toString();
    }

    /** Configures Tomcat's connector with the settings. */
    void giveToServerXml() {
        System.setProperty(PORT, values.get("port").toString());
        System.setProperty(ADDRESS, address());
    }

    private String address() {
        return values.get("listen_ip_address").toString();
    }
}
