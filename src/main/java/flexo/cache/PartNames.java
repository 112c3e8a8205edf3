package flexo.cache;

import flexo.alpm.FileKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The names around one file's path in the cache. All except the path itself start with a dot, so that no request can
 * name them.
 *
 * @param root the cache directory
 * @param target the path of the complete file
 * @param tag the suffix of the names that only one {@link Instance} uses; empty for the first
 */
record PartNames(Path root, Path target, String tag) {
    private static final Logger LOG = Logger.getLogger(PartNames.class.getName());

    static final String PREFIX = ".";
    static final String PART_SUFFIX = ".part";
    static final String PROMISE_SUFFIX = ".head";
    static final String FLEXO_SIZE_SUFFIX = ".cfs";

    /** The names of the first instance, with the file's parent as the root. */
    PartNames(Path target) {
        this(target.getParent(), target, "");
    }

    Path directory() {
        return target.getParent();
    }

    /** The bytes so far. */
    Path part() {
        return beside(tagged(PART_SUFFIX));
    }

    /** The mirror's promise for the part file. */
    Path promise() {
        return beside(tagged(PROMISE_SUFFIX));
    }

    /** The whole size in the original Flexo's notation, beside complete and partial files. */
    Path flexoSize() {
        return beside(FLEXO_SIZE_SUFFIX);
    }

    /** The note of the database at the path. */
    Path generation() {
        return beside(".generation");
    }

    /** The note of the database that is about to be renamed to the path. */
    Path nextGeneration() {
        return beside(tagged(".next"));
    }

    /** The detached signature, under the same name as on mirrors. */
    Path signature() {
        return target.resolveSibling(target.getFileName() + ".sig");
    }

    /** The signature that is about to be renamed to that. */
    Path nextSignature() {
        return beside(tagged(".sig.next"));
    }

    void deleteParts() throws IOException {
        Files.deleteIfExists(part());
        Files.deleteIfExists(promise());
    }

    /**
     * Whether the path, or one of its parents, is a link that leads out of the cache directory.
     *
     * @throws IOException if nothing exists there, or it cannot be determined
     */
    boolean leadsOut() throws IOException {
        return leadsOut(target);
    }

    /** The same for the directory, which must exist. */
    boolean directoryLeadsOut() throws IOException {
        return leadsOut(directory());
    }

    private boolean leadsOut(Path path) throws IOException {
        return !path.toRealPath().startsWith(root.toRealPath());
    }

    /**
     * Creates the directory of the path.
     *
     * @throws IOException if it cannot be created, or would be elsewhere
     */
    void makeDirectory() throws IOException {
        Path existing = directory();
        while (!existing.equals(root) && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
            existing = existing.getParent();
        }
        if (!existing.equals(root) && leadsOut(existing)) {
            throw new IOException(existing + " leads out of the cache directory");
        }
        if (givesWay(existing)) {
            Files.delete(existing);
            LOG.log(
                    Level.WARNING,
                    "{0}: removed, a mirror has a directory there; what was kept in its place was no file",
                    existing);
        }
        Files.createDirectories(directory());
    }

    /** Whether a file in place of a directory can only be a mistake: a mirror's rendering of a directory. */
    static boolean givesWay(Path inTheWay) {
        return Files.isRegularFile(inTheWay, LinkOption.NOFOLLOW_LINKS)
                && FileKind.of(inTheWay.getFileName().toString()) == FileKind.OTHER;
    }

    private String tagged(String suffix) {
        return tag.isEmpty() ? suffix : suffix + "." + tag;
    }

    private Path beside(String suffix) {
        return target.resolveSibling(PREFIX + target.getFileName() + suffix);
    }
}
