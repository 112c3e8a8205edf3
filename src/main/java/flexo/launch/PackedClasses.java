package flexo.launch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A class loader for the application's classes and libraries, read from the archive into memory: it works before Tomcat
 * exists, and without unpacking files.
 */
final class PackedClasses extends ClassLoader {
    private static final String CLASSES = "WEB-INF/classes/";
    private static final String LIBRARIES = "WEB-INF/lib/";
    /** The HTTP client and Jakarta's JSON are most of the libraries, and settings need neither. */
    private static final String NOT_NEEDED = "(httpc|yasson|parsson|jakarta\\.json|aircompressor|xz-|asm-).*";

    /** By name; the application's classes come first. */
    private final Map<String, List<byte[]>> files = new HashMap<>();

    /**
     * Reads the archive.
     *
     * @throws IOException if it cannot be read
     */
    PackedClasses(WarArchive archive) throws IOException {
        super("settings", ClassLoader.getPlatformClassLoader());
        try (JarFile war = new JarFile(archive.file().toFile())) {
            for (ZipEntry entry : war.stream().toList()) {
                String name = entry.getName();
                if (name.startsWith(CLASSES) && !entry.isDirectory()) {
                    try (InputStream content = war.getInputStream(entry)) {
                        files.computeIfAbsent(name.substring(CLASSES.length()), it -> new ArrayList<>(1))
                                .add(0, content.readAllBytes());
                    }
                } else if (name.startsWith(LIBRARIES)
                        && name.endsWith(".jar")
                        && !name.substring(LIBRARIES.length()).matches(NOT_NEEDED)) {
                    try (ZipInputStream library = new ZipInputStream(war.getInputStream(entry))) {
                        add(library);
                    }
                }
            }
        }
    }

    private void add(ZipInputStream library) throws IOException {
        for (ZipEntry entry = library.getNextEntry(); entry != null; entry = library.getNextEntry()) {
            if (!entry.isDirectory()) {
                files.computeIfAbsent(entry.getName(), it -> new ArrayList<>(1)).add(library.readAllBytes());
            }
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        List<byte[]> found = files.get(name.replace('.', '/') + ".class");
        if (found == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] content = found.get(0);
        return defineClass(name, content, 0, content.length);
    }

    @Override
    protected URL findResource(String name) {
        List<byte[]> found = files.get(name);
        return found == null ? null : url(name, found.get(0));
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        return Collections.enumeration(files.getOrDefault(name, List.of()).stream()
                .map(content -> url(name, content))
                .toList());
    }

    private static URL url(String name, byte[] content) {
        try {
            return new URL(null, "packed:/" + name, new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) {
                    return new URLConnection(url) {
                        @Override
                        public void connect() {
                            // In memory; nothing to close.
                        }

                        @Override
                        public InputStream getInputStream() {
                            return new ByteArrayInputStream(content);
                        }
                    };
                }
            });
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a name from the archive makes no URL", e);
        }
    }
}
