package flexo.scenario;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR that the build made, as Arquillian wants it: never a list of classes. */
final class FlexoWar {
    /** Name of the deployment at the root of the server. */
    static final String ROOT = "ROOT";

    /** Name of the deployment under {@code /flexo}. */
    static final String FLEXO = "flexo";

    /** Whether this process has unpacked the WAR. */
    private static final AtomicBoolean UNPACKED = new AtomicBoolean();

    private FlexoWar() {}

    /**
     * An archive over the built file.
     *
     * <p>ShrinkWrap would compress all entries anew for every deployment, which takes longer than Tomcat needs to start
     * the application; exporting to a file is replaced by a copy, which is also the very file that users get.
     */
    static WebArchive named(String deployment) {
        Path war = Path.of(Objects.requireNonNull(
                System.getProperty("flexo.test.war"), "flexo.test.war must name the built WAR (mvn verify sets it)"));
        WebArchive archive = ShrinkWrap.create(ZipImporter.class, deployment + ".war")
                .importFrom(war.toFile())
                .as(WebArchive.class);
        return wrap(WebArchive.class, archive, (proxy, method, arguments) -> {
            if (method.getName().equals("as") && arguments[0] == ZipExporter.class) {
                return copyingExporter(archive.as(ZipExporter.class), war);
            }
            return call(archive, method, arguments);
        });
    }

    private static ZipExporter copyingExporter(ZipExporter exporter, Path war) {
        return wrap(ZipExporter.class, exporter, (proxy, method, arguments) -> {
            if (method.getName().equals("exportTo") && arguments[0] instanceof File target) {
                export(war, target.toPath());
                return null;
            }
            return call(exporter, method, arguments);
        });
    }

    /**
     * Puts the WAR where Tomcat looks for it, and beside it its content, as Tomcat itself would unpack it: by links to what was
     * unpacked for the first deployment of this process, since unpacking takes longer than all else.
     */
    private static void export(Path war, Path target) {
        try {
            Files.copy(war, target, StandardCopyOption.REPLACE_EXISTING);
            Path unpacked = target.getParent().resolveSibling("unpacked");
            if (UNPACKED.compareAndSet(false, true)) {
                Scenario.delete(unpacked);
                unpack(war, unpacked);
            }
            link(unpacked, target.resolveSibling(target.getFileName().toString().replaceFirst("\\.war$", "")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unpack(Path war, Path directory) throws IOException {
        try (JarFile archive = new JarFile(war.toFile())) {
            for (JarEntry entry :
                    archive.stream().filter(entry -> !entry.isDirectory()).toList()) {
                Path file = directory.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(archive.getInputStream(entry), file);
            }
        }
    }

    private static void link(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path source : tree.toList()) {
                Path copy = to.resolve(from.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectory(copy);
                } else {
                    Files.createLink(copy, source);
                }
            }
        }
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T wrap(Class<T> type, T target, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(target.getClass().getClassLoader(), new Class<?>[] {type}, handler));
    }
}
