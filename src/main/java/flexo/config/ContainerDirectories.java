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
 * The directories of the container, which belong to it or to other applications in it.
 *
 * @param ours whether the container was started by our launcher, so that no other application is in it
 * @param base the directory for the container's own files; empty if unknown
 * @param owned all directories that we must not use, the bases of the container last
 */
public record ContainerDirectories(boolean ours, Optional<Path> base, List<Owned> owned) {
    /** The launcher sets it. */
    private static final String LAUNCHED_WAR = "flexo.war";

    private static final String TOMCATS_BASE = "catalina.base";

    /** The properties of Tomcat, Jetty, WildFly and GlassFish for their installation and instance directories. */
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

    /** These may be links to directories elsewhere, as in Debian's Tomcat. */
    private static final List<String> PARTS = List.of("work", "temp", "conf", "lib", "logs", "webapps", "bin");

    private static final int MOST_LINKS = 40;

    /**
     * A directory that belongs to somebody else.
     *
     * @param what its description, for people
     * @param directory its path, links unresolved
     */
    public record Owned(String what, Path directory) {}

    public ContainerDirectories {
        owned = List.copyOf(owned);
    }

    /**
     * The directories of the container of this application.
     *
     * @param properties looks up a system property, null if it is not set
     * @param temporary the web application's temporary directory
     * @param unpacked the directory into which the web application was unpacked; empty if it was not
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

    /** The first of them that a directory equals, contains, or lies in, with links resolved. */
    Optional<Owned> overlapping(Path directory) {
        Path real = realPath(directory);
        return owned.stream()
                .filter(it -> {
                    Path other = realPath(it.directory());
                    return real.startsWith(other) || other.startsWith(real);
                })
                .findFirst();
    }

    /** The first of them that equals a directory or lies in it. */
    Optional<Owned> within(Path directory) {
        Path real = realPath(directory);
        return owned.stream()
                .filter(it -> realPath(it.directory()).startsWith(real))
                .findFirst();
    }

    /** The path with links resolved; a path that does not exist is resolved below its nearest existing parent. */
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
                // A link to a path that does not exist yet.
                Path target = existing.resolveSibling(Files.readSymbolicLink(existing));
                return realPath(target.resolve(rest), linksLeft - 1);
            }
            return existing.toRealPath().resolve(rest).normalize();
        } catch (IOException e) {
            // A directory without permission to search.
            return path.normalize();
        }
    }
}
