package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Settings that come from Tomcat's own files: both kinds that a context file has, and the web.xml of all applications. */
class ContextFileIT {
    private static final String DATABASE = "core/os/x86_64/core.db";

    @ScratchFolder
    Path folder;

    @Test
    void parametersAndEnvironmentEntriesOfTheContextFileAreSettings() throws Exception {
        ArchMirror arch = ArchMirror.pristine();
        Path cache = folder.resolve("elsewhere");
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.inTomcat(folder.resolve("flexo"), mirror.urls())) {
            Path conf = folder.resolve("flexo/tomcat/conf");
            write(conf.resolve("Catalina/localhost/flexo.xml"), """
                    <Context>
                      <Parameter name="flexo.mirrors_predefined" value="%s"/>
                      <Environment name="flexo/cache_directory" type="java.lang.String" value="%s"/>
                      <Environment name="flexo.port" type="java.lang.Integer" value="7879"/>
                      <Environment name="another/program" type="java.lang.String" value="of no concern"/>
                    </Context>
                    """.formatted(
                            mirror.urls().get(0), cache));
            write(conf.resolve("web.xml"), """
                    <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                      <context-param>
                        <param-name>flexo.listen_ip_address</param-name>
                        <param-value>0.0.0.0</param-value>
                      </context-param>
                    </web-app>
                    """);

            // Empty variables count as not set.
            flexo.with("FLEXO_MIRRORS_PREDEFINED", "")
                    .with("FLEXO_CACHE_DIRECTORY", "")
                    .start();

            assertThat(status(flexo.url().resolve(DATABASE))).isEqualTo(200);
            assertThat(cache.resolve("core/os/x86_64")).isDirectory();
            assertThat(Files.readString(flexo.log()))
                    .contains("These settings have no effect here:"
                            + " listen_ip_address = 0.0.0.0 (context parameter flexo.listen_ip_address),"
                            + " port = 7879 (context parameter flexo.port).");
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static int status(URI url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding())
                .statusCode();
    }
}
