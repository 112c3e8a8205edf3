package flexo.retention;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.cache.SidecarName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Files of one directory that are judged together, with their attributes at one moment. Links are not followed. A link
 * without a target does not count: a client finds nothing behind it.
 *
 * @param directory where they lie
 * @param place the same directory below the cache's root, without a slash at either end; empty for the root itself
 * @param files by name: regular files, and symbolic links to such
 */
record FileGroup(Path directory, String place, SortedMap<String, BasicFileAttributes> files) {

    /**
     * Looks at files.
     *
     * @param subdirectories takes the names of those that are directories
     * @throws IOException if one cannot be looked at, though it is there
     */
    static FileGroup of(Path directory, String place, Collection<String> names, SortedSet<String> subdirectories)
            throws IOException {
        SortedMap<String, BasicFileAttributes> files = new TreeMap<>();
        for (String name : names) {
            try {
                Path file = directory.resolve(name);
                BasicFileAttributes attributes = look(file);
                if (attributes.isDirectory()) {
                    subdirectories.add(name);
                } else if (attributes.isRegularFile() || (attributes.isSymbolicLink() && Files.isRegularFile(file))) {
                    files.put(name, attributes);
                }
            } catch (NoSuchFileException e) {
                // Somebody else tidies up, too.
            }
        }
        return new FileGroup(directory, place, files);
    }

    boolean has(String name) {
        return files.containsKey(name);
    }

    boolean isLink(String name) {
        return files.get(name).isSymbolicLink();
    }

    /** Whether it has no bytes. */
    boolean isEmpty(String name) {
        return files.get(name).isRegularFile() && files.get(name).size() == 0;
    }

    /** What a file takes; 0 for a link, and for a file that is not there. */
    long bytes(String name) {
        BasicFileAttributes attributes = files.get(name);
        return attributes == null || !attributes.isRegularFile() ? 0 : attributes.size();
    }

    /** What all files take. */
    long bytes() {
        return files.keySet().stream().mapToLong(this::bytes).sum();
    }

    /** The path of a file; empty if no request can name it. */
    Optional<RepositoryPath> path(String name) {
        try {
            return Optional.of(RepositoryPath.ofDecoded(place.isEmpty() ? name : place + "/" + name));
        } catch (RefusedPathException e) {
            return Optional.empty();
        }
    }

    /** The path of a file, or of the file that a note belongs to; empty if no request can name it. */
    Optional<RepositoryPath> target(String name) {
        return path(SidecarName.parse(name).map(SidecarName::target).orElse(name));
    }

    /** Whether a file is still the one that was looked at. */
    boolean isUnchanged(String name) throws IOException {
        try {
            BasicFileAttributes before = files.get(name);
            BasicFileAttributes present = look(directory.resolve(name));
            return Objects.equals(before.fileKey(), present.fileKey())
                    && before.size() == present.size()
                    && before.lastModifiedTime().equals(present.lastModifiedTime());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static BasicFileAttributes look(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * When a file was put there, written to, or given another name or owner last: its ctime. Its mtime is the mirror's, and
     * on most systems Java knows no other time.
     *
     * @throws IOException if the file is gone, or its time cannot be read
     */
    Instant changed(String name) throws IOException {
        try {
            return ((FileTime) Files.getAttribute(directory.resolve(name), "unix:ctime", LinkOption.NOFOLLOW_LINKS))
                    .toInstant();
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return files.get(name).creationTime().toInstant();
        }
    }
}
