package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** What the WAR is made of: libraries as their authors published them, and a list of all of them. */
class WarContentIT {
    private static final String BILL_OF_MATERIALS = "META-INF/sbom/flexo.cdx.json";
    private static final Path BESIDE_THE_WAR = Machine.war().resolveSibling("flexo.cdx.json");
    private static final long MAX_BYTES = 12_000_000;

    @Test
    void warIsAtMostTwelveMegabytes() throws IOException {
        assertThat(Files.size(Machine.war())).isLessThanOrEqualTo(MAX_BYTES);
    }

    @Test
    void everyJarIsTheArtifactThatTheBillOfMaterialsListsAndNoneIsMissing() throws Exception {
        try (JarFile war = new JarFile(Machine.war().toFile())) {
            Map<String, String> packed = new TreeMap<>();
            for (JarEntry entry : war.stream()
                    .filter(entry -> entry.getName().endsWith(".jar"))
                    .toList()) {
                packed.put(entry.getName().replaceFirst("^WEB-INF/(lib|embedded)/", ""), sha256(war, entry));
            }

            assertThat(packed).isNotEmpty().isEqualTo(listed(billOfMaterials(war)));
        }
    }

    @Test
    void containerIsSeenByTheLauncherAlone() throws IOException {
        try (JarFile war = new JarFile(Machine.war().toFile())) {
            assertThat(war.stream()
                            .map(JarEntry::getName)
                            .filter(name -> name.matches(".*/(tomcat|jakarta.servlet)-.*jar")))
                    .hasSize(2)
                    .allSatisfy(name -> assertThat(name).startsWith("WEB-INF/embedded/tomcat-"));
        }
    }

    @Test
    void billOfMaterialsLiesBesideTheWarToo() throws IOException {
        try (JarFile war = new JarFile(Machine.war().toFile())) {
            assertThat(BESIDE_THE_WAR).hasContent(billOfMaterials(war));
        }
    }

    /** SHA-256 by the file name of an artifact. */
    private static Map<String, String> listed(String billOfMaterials) {
        Map<String, String> artifacts = new TreeMap<>();
        for (Object component :
                JsonText.asArray(JsonText.object(billOfMaterials).get("components"))) {
            Map<String, Object> artifact = JsonText.asObject(component);
            String digest = JsonText.asArray(artifact.get("hashes")).stream()
                    .map(JsonText::asObject)
                    .filter(hash -> "SHA-256".equals(hash.get("alg")))
                    .map(hash -> hash.get("content").toString())
                    .findFirst()
                    .orElseThrow();
            artifacts.put(artifact.get("name") + "-" + artifact.get("version") + ".jar", digest);
        }
        return artifacts;
    }

    private static String billOfMaterials(JarFile war) throws IOException {
        Machine.required(BESIDE_THE_WAR, "the bill of materials, which Maven makes only online,");
        try (InputStream in = war.getInputStream(war.getEntry(BILL_OF_MATERIALS))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String sha256(JarFile war, JarEntry entry) throws IOException, NoSuchAlgorithmException {
        try (InputStream in = war.getInputStream(entry)) {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(in.readAllBytes()));
        }
    }
}
