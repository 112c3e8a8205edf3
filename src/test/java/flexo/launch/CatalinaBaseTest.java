package flexo.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalinaBaseTest {
    @TempDir
    private Path folder;

    private WarArchive war;

    @BeforeEach
    void packArchive() throws IOException {
        war = new WarArchive(folder.resolve("flexo.war"));
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(war.file()))) {
            for (String name : new String[] {
                "WEB-INF/tomcat-conf/server.xml",
                "WEB-INF/tomcat-conf/logging.properties",
                "WEB-INF/tomcat-conf/Catalina/localhost/ROOT.xml",
                "WEB-INF/embedded/tomcat.jar",
                "WEB-INF/lib/application.jar"
            }) {
                out.putNextEntry(new JarEntry(name));
                out.write(("shipped " + name).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void namedDirectoryIsTakenByOneProcess() throws Exception {
        String named = folder.resolve("base").toString();
        try (CatalinaBase.Reserved reserved = CatalinaBase.reserve(named, folder)) {
            assertThat(reserved.base()).isEqualTo(new CatalinaBase(Path.of(named), false));
            assertThatThrownBy(() -> CatalinaBase.reserve(named, folder))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("another Flexo already runs in " + named);
        }
        CatalinaBase.reserve(named, folder).close();
    }

    @Test
    void eachProcessOfAUserHasADirectoryOfItsOwnWhateverThePort() throws Exception {
        try (CatalinaBase.Reserved first = CatalinaBase.reserve(null, folder);
                CatalinaBase.Reserved second = CatalinaBase.reserve("", folder)) {
            assertThat(first.base()).isEqualTo(new CatalinaBase(folder.resolve(".flexo/tomcat"), true));
            assertThat(second.base()).isEqualTo(new CatalinaBase(folder.resolve(".flexo/tomcat-2"), true));
        }
        try (CatalinaBase.Reserved again = CatalinaBase.reserve(null, folder)) {
            assertThat(again.base().directory()).isEqualTo(folder.resolve(".flexo/tomcat"));
        }
    }

    @Test
    void userWithoutHomeIsToldToNameADirectory() {
        assertThatThrownBy(() -> CatalinaBase.reserve(null, Path.of("?")))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("CATALINA_BASE");
    }

    @Test
    void ourOwnDirectoryIsRenewedButKeepsItsWork() throws IOException {
        CatalinaBase base = new CatalinaBase(folder.resolve("base"), true);
        write(base, "conf/server.xml", "old");
        write(base, "conf/removed-since.xml", "old");
        write(base, "webapps/ROOT/WEB-INF/half-unpacked", "old");
        write(base, "work/Catalina/localhost/ROOT/kept", "application's");

        base.configure(war);

        assertThat(read(base, "conf/server.xml")).isEqualTo("shipped WEB-INF/tomcat-conf/server.xml");
        assertThat(read(base, "conf/Catalina/localhost/ROOT.xml")).startsWith("shipped");
        assertThat(base.conf().resolve("removed-since.xml")).doesNotExist();
        assertThat(base.directory().resolve("webapps/ROOT")).doesNotExist();
        assertThat(read(base, "work/Catalina/localhost/ROOT/kept")).isEqualTo("application's");
    }

    @Test
    void configurationOfTheAdministratorIsLeftAlone() throws IOException {
        CatalinaBase base = new CatalinaBase(folder.resolve("base"), false);
        write(base, "conf/server.xml", "mine");
        write(base, "webapps/ROOT/index.html", "mine");

        base.configure(war);

        assertThat(read(base, "conf/server.xml")).isEqualTo("mine");
        assertThat(read(base, "webapps/ROOT/index.html")).isEqualTo("mine");
        try (Stream<Path> conf = Files.list(base.conf())) {
            assertThat(conf).hasSize(1);
        }
    }

    @Test
    void namedDirectoryWithoutServerXmlIsFilledAroundWhatIsThere() throws IOException {
        CatalinaBase base = new CatalinaBase(folder.resolve("base"), false);
        write(base, "conf/logging.properties", "mine");

        base.configure(war);

        assertThat(read(base, "conf/logging.properties")).isEqualTo("mine");
        assertThat(read(base, "conf/server.xml")).startsWith("shipped");
    }

    @Test
    void serverXmlIsUnpackedLast() throws IOException {
        assertThat(war.unpack(WarArchive.CONFIGURATION, folder.resolve("conf")))
                .hasSize(3)
                .last()
                .isEqualTo(folder.resolve("conf/server.xml"));
    }

    @Test
    void containersOfEarlierStartsDoNotPileUp() throws IOException {
        CatalinaBase base = new CatalinaBase(folder.resolve("base"), true);
        write(base, "work/launcher/lib/tomcat-older.jar", "old");

        assertThat(base.unpackContainer(war)).containsExactly(base.directory().resolve("work/launcher/lib/tomcat.jar"));
        assertThat(base.directory().resolve("work/launcher/lib/tomcat-older.jar"))
                .doesNotExist();
    }

    @Test
    void shippedLoggingStandsInWhereTheAdministratorHasNone() throws IOException {
        CatalinaBase base = new CatalinaBase(folder.resolve("base"), false);
        write(base, "conf/server.xml", "mine");
        assertThat(base.logging(war).resolve("logging.properties"))
                .hasContent("shipped WEB-INF/tomcat-conf/logging.properties");

        write(base, "conf/logging.properties", "mine");
        assertThat(base.logging(war)).isEqualTo(base.conf());
    }

    private static void write(CatalinaBase base, String name, String content) throws IOException {
        Path file = base.directory().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static String read(CatalinaBase base, String name) throws IOException {
        return Files.readString(base.directory().resolve(name));
    }
}
