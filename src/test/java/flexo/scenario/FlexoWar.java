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
                try {
                    Files.copy(war, target.toPath(), StandardCopyOption.REPLACE_EXISTING);
                    return null;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return call(exporter, method, arguments);
        });
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
