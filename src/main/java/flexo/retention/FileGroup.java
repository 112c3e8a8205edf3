package flexo.retention;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.cache.FileStamp;
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
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Files of one directory that are judged together, with their attributes at one moment. Links are not followed.
 * Dangling links are left out: a client gets nothing from them.
 *
 * @param directory the directory
 * @param place its path below the cache's root, without leading or trailing slashes; empty for the root itself
 * @param files by name: regular files, and symbolic links to such
 */
record FileGroup(Path directory, String place, SortedMap<String, BasicFileAttributes> files) {

    /**
     * Reads the attributes of files.
     *
     * @param subdirectories receives the names that are directories
     * @throws IOException if the attributes of an existing file cannot be read
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
                // Removed by somebody else.
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

    /** Whether a file has no bytes. */
    boolean isEmpty(String name) {
        return files.get(name).isRegularFile() && files.get(name).size() == 0;
    }

    /** The size of a file; 0 for a link, and for a file that does not exist. */
    long bytes(String name) {
        BasicFileAttributes attributes = files.get(name);
        return attributes == null || !attributes.isRegularFile() ? 0 : attributes.size();
    }

    /** The size of all files. */
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

    /** The path of a file, or of the file that a note is about; empty if no request can name it. */
    Optional<RepositoryPath> target(String name) {
        return path(SidecarName.parse(name).map(SidecarName::target).orElse(name));
    }

    /** Whether a file is still the one whose attributes were read. */
    boolean isUnchanged(String name) throws IOException {
        try {
            return FileStamp.of(files.get(name)).equals(FileStamp.of(look(directory.resolve(name))));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static BasicFileAttributes look(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The ctime of a file: when it was last put there, written to, renamed, or given another owner. Its mtime is the
     * mirror's, and on most systems Java offers no other time.
     *
     * @throws IOException if the file is gone, or its ctime cannot be read
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
