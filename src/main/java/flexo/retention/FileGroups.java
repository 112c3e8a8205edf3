package flexo.retention;

import flexo.cache.SidecarName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The names in one directory, grouped for judgement: all versions of one package, for all architectures, with their
 * signatures and notes.
 *
 * <p>A directory of hundreds of thousands of files is read several times, a part of its groups at a time, to bound
 * memory.
 */
final class FileGroups {
    /** With the attributes of their files, these take a few megabytes. */
    static final int MOST_NAMES = 16_384;

    static final String SIGNATURE_SUFFIX = ".sig";
    private static final String PACKAGE_SUFFIX = ".pkg.tar";

    /** Receives the names of one group. */
    @FunctionalInterface
    interface Visitor {
        /** Returns whether to continue. */
        boolean visit(List<String> names);
    }

    private FileGroups() {}

    /** The group of a file: the name of its package, or of the file that a signature or note belongs to. */
    private static String groupOf(String fileName) {
        String name = SidecarName.parse(fileName).map(SidecarName::target).orElse(fileName);
        if (name.endsWith(SIGNATURE_SUFFIX)) {
            name = name.substring(0, name.length() - SIGNATURE_SUFFIX.length());
        }
        int end = name.lastIndexOf(PACKAGE_SUFFIX);
        int arch = name.lastIndexOf('-', end - 1);
        int pkgrel = name.lastIndexOf('-', arch - 1);
        int pkgver = name.lastIndexOf('-', pkgrel - 1);
        return end < 0 || pkgver <= 0 ? name : name.substring(0, pkgver);
    }

    /** Visits all groups, without foreign hidden files. */
    static void visit(Path directory, Visitor visitor) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path unused : files) {
                count++;
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        int parts = 1 + count / MOST_NAMES;
        boolean goOn = true;
        for (int part = 0; part < parts && goOn; part++) {
            int wanted = part;
            goOn = visit(directory, group -> Math.floorMod(group.hashCode(), parts) == wanted, visitor);
        }
    }

    private static boolean visit(Path directory, Predicate<String> wanted, Visitor visitor) throws IOException {
        SortedMap<String, List<String>> groups = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String group = groupOf(name);
                if (wanted.test(group)
                        && file.equals(sibling(directory, name))
                        && (!name.startsWith(".") || SidecarName.parse(name).isPresent())) {
                    groups.computeIfAbsent(group, unused -> new ArrayList<>(2)).add(name);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return groups.values().stream().allMatch(visitor::visit);
    }

    /** Null for a name that this system's locale cannot represent: such a file can be neither requested nor removed. */
    private static Path sibling(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
