package flexo.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The directories of the container: what lies in them belongs to it, or to other applications in it.
 *
 * @param ours whether it is our launcher's container, in which nobody else is
 * @param base where the container keeps its own files; empty if it does not say
 * @param owned all directories that are not ours to use, the containers' bases last
 */
public record ContainerDirectories(boolean ours, Optional<Path> base, List<Owned> owned) {
    /** The launcher sets it. */
    private static final String LAUNCHED_WAR = "flexo.war";

    private static final String TOMCATS_BASE = "catalina.base";

    /** Tomcat's, Jetty's, WildFly's and GlassFish's words for where they are installed and where an instance of them lies. */
    private static final Map<String, String> BASES = Map.of(
            TOMCATS_BASE,
            "CATALINA_BASE",
            "catalina.home",
            "CATALINA_HOME",
            "jetty.base",
            "jetty.base",
            "jetty.home",
            "jetty.home",
            "jboss.server.base.dir",
            "jboss.server.base.dir",
            "jboss.home.dir",
            "jboss.home.dir",
            "com.sun.aas.instanceRoot",
            "com.sun.aas.instanceRoot",
            "com.sun.aas.installRoot",
            "com.sun.aas.installRoot");

    /** They may be links to directories elsewhere, as in Debian's Tomcat. */
    private static final List<String> PARTS = List.of("work", "temp", "conf", "lib", "logs", "webapps", "bin");

    private static final int MOST_LINKS = 40;

    /**
     * A directory that belongs to somebody else.
     *
     * @param what it is, for people
     * @param directory as it was found, links unresolved
     */
    public record Owned(String what, Path directory) {}

    /** Copies the list. */
    public ContainerDirectories {
        owned = List.copyOf(owned);
    }

    /**
     * Those of the container that the application runs in.
     *
     * @param properties looks up a system property, null if it is not set
     * @param temporary the directory that the container gives the web application for its temporary files
     * @param unpacked where the container has unpacked the web application; empty if it has not
     */
    public static ContainerDirectories of(
            UnaryOperator<String> properties, Optional<Path> temporary, Optional<Path> unpacked) {
        List<Owned> parts = new ArrayList<>();
        List<Owned> bases = new ArrayList<>();
        BASES.forEach((property, name) -> path(properties.apply(property)).ifPresent(base -> {
            PARTS.forEach(part -> parts.add(new Owned("the container's " + part, base.resolve(part))));
            bases.add(new Owned("the container's " + name, base));
        }));
        List<Owned> owned = new ArrayList<>(parts);
        unpacked.ifPresent(it -> owned.add(new Owned("the unpacked web application", it)));
        temporary.ifPresent(it -> owned.add(new Owned("the web application's temporary directory", it)));
        owned.addAll(bases);
        return new ContainerDirectories(
                properties.apply(LAUNCHED_WAR) != null, path(properties.apply(TOMCATS_BASE)), owned);
    }

    private static Optional<Path> path(String text) {
        try {
            // A container whose base is a whole file system owns nothing in particular.
            return Optional.ofNullable(text).map(Path::of).filter(path -> path.isAbsolute() && path.getNameCount() > 0);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The first of them that a directory is, contains, or lies in, whatever links lead there. */
    Optional<Owned> overlapping(Path directory) {
        Path real = realPath(directory);
        return owned.stream()
                .filter(it -> {
                    Path other = realPath(it.directory());
                    return real.startsWith(other) || other.startsWith(real);
                })
                .findFirst();
    }

    /** Those that lie inside a directory or are it. */
    Optional<Owned> within(Path directory) {
        Path real = realPath(directory);
        return owned.stream()
                .filter(it -> realPath(it.directory()).startsWith(real))
                .findFirst();
    }

    /** Where a path really leads; what does not exist yet lies below its nearest parent that does. */
    static Path realPath(Path path) {
        return realPath(path.toAbsolutePath(), MOST_LINKS);
    }

    private static Path realPath(Path path, int linksLeft) {
        Path existing = path;
        while (existing.getParent() != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
            existing = existing.getParent();
        }
        Path rest = existing.relativize(path);
        try {
            if (!Files.exists(existing) && Files.isSymbolicLink(existing) && linksLeft > 0) {
                // To what does not exist yet.
                Path target = existing.resolveSibling(Files.readSymbolicLink(existing));
                return realPath(target.resolve(rest), linksLeft - 1);
            }
            return existing.toRealPath().resolve(rest).normalize();
        } catch (IOException e) {
            // A directory that may not be looked at.
            return path.normalize();
        }
    }
}
