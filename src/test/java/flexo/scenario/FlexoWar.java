package flexo.scenario;

import java.io.File;
import java.util.Objects;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The WAR that the build made, as Arquillian wants it: never a list of classes. */
final class FlexoWar {
    /** Name of the deployment at the root of the server. */
    static final String ROOT = "ROOT";

    /** Name of the deployment under {@code /flexo}. */
    static final String FLEXO = "flexo";

    private FlexoWar() {}

    static WebArchive named(String deployment) {
        String war = Objects.requireNonNull(
                System.getProperty("flexo.test.war"), "flexo.test.war must name the built WAR (mvn verify sets it)");
        return ShrinkWrap.create(ZipImporter.class, deployment + ".war")
                .importFrom(new File(war))
                .as(WebArchive.class);
    }
}
