package flexo.cache;

import flexo.alpm.FileKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The names around one file's place in the cache. All but the place itself start with a dot, which no request can name.
 *
 * @param root the cache directory
 * @param target the place of the whole file
 * @param tag the last part of the names of what only one {@link Instance} uses; empty for the first
 */
record PartNames(Path root, Path target, String tag) {
    private static final Logger LOG = Logger.getLogger(PartNames.class.getName());

    static final String PREFIX = ".";
    static final String PART_SUFFIX = ".part";
    static final String PROMISE_SUFFIX = ".head";
    static final String FLEXO_SIZE_SUFFIX = ".cfs";

    /** Of the first instance, in the directory in which the file lies. */
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

    /** What the mirror promised for the part file. */
    Path promise() {
        return beside(tagged(PROMISE_SUFFIX));
    }

    /** Flexo's own record of the whole size, beside whole and partial files alike. */
    Path flexoSize() {
        return beside(FLEXO_SIZE_SUFFIX);
    }

    /** What is known of the database that lies at the place. */
    Path generation() {
        return beside(".generation");
    }

    /** The same of the database that is about to be moved there. */
    Path nextGeneration() {
        return beside(tagged(".next"));
    }

    /** The detached signature, as mirrors have it. */
    Path signature() {
        return target.resolveSibling(target.getFileName() + ".sig");
    }

    /** The signature that is about to be moved there. */
    Path nextSignature() {
        return beside(tagged(".sig.next"));
    }

    void deleteParts() throws IOException {
        Files.deleteIfExists(part());
        Files.deleteIfExists(promise());
    }

    /**
     * Whether what lies at the place, or a directory on the way there, is a link that leads out of the cache directory.
     *
     * @throws IOException if nothing is there, or it cannot be told
     */
    boolean leadsOut() throws IOException {
        return leadsOut(target);
    }

    /** The same of the directory, which must be there. */
    boolean directoryLeadsOut() throws IOException {
        return leadsOut(directory());
    }

    private boolean leadsOut(Path path) throws IOException {
        return !path.toRealPath().startsWith(root.toRealPath());
    }

    /**
     * Makes the directory of the place.
     *
     * @throws IOException if it cannot be made, or would lie elsewhere
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

    /** Whether a file may stand where a directory should be only by mistake: something that a mirror shows of a directory. */
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
