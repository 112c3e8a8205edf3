package flexo.launch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The archive passed to {@code java -jar}.
 *
 * @param file its absolute path
 */
record WarArchive(Path file) {
    /** The folder with the container's JARs. */
    static final String EMBEDDED = "WEB-INF/embedded/";

    /** The folder with the container's configuration. */
    static final String CONFIGURATION = "WEB-INF/tomcat-conf/";

    /**
     * The archive that a class was loaded from.
     *
     * @param inside a class at the root of the archive
     * @return the archive
     * @throws CannotStart if the class comes from elsewhere, such as a directory of classes
     */
    static WarArchive containing(Class<?> inside) throws CannotStart {
        CodeSource source = inside.getProtectionDomain().getCodeSource();
        try {
            Path file = Path.of(source.getLocation().toURI()).toAbsolutePath();
            if (Files.isRegularFile(file)) {
                return new WarArchive(file);
            }
        } catch (URISyntaxException noFile) {
            throw new CannotStart("the archive at " + source.getLocation() + " cannot be read.", noFile);
        }
        throw new CannotStart("start it with 'java -jar flexo.war'; its classes alone are not enough.");
    }

    /**
     * Copies the files of a folder out of the archive; those that exist already are kept.
     * @param folder the folder's name in the archive, with a trailing slash
     * @param target the target directory
     * @return the copies, including those that existed; {@code server.xml} comes last, so that an interruption leaves
     *     no configuration that looks complete
     * @throws IOException if a file cannot be read or written
     */
    List<Path> unpack(String folder, Path target) throws IOException {
        List<Path> copies = new ArrayList<>();
        try (JarFile war = new JarFile(file.toFile())) {
            List<JarEntry> entries = war.stream()
                    .filter(entry -> entry.getName().startsWith(folder) && !entry.isDirectory())
                    .sorted(Comparator.comparing(
                            (JarEntry entry) -> entry.getName().endsWith("/server.xml")))
                    .toList();
            for (JarEntry entry : entries) {
                Path copy = target.resolve(entry.getName().substring(folder.length()));
                Files.createDirectories(copy.getParent());
                if (!Files.exists(copy)) {
                    copy(war, entry, copy);
                }
                copies.add(copy);
            }
        }
        return copies;
    }

    /** Copies atomically: a copy gets its name only when it is complete. */
    private static void copy(JarFile war, JarEntry entry, Path copy) throws IOException {
        Path unfinished = copy.resolveSibling(copy.getFileName() + ".new");
        try (InputStream content = war.getInputStream(entry)) {
            Files.copy(content, unfinished, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
    }
}
