package flexo.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The names around one file's place in the cache. All but the place itself start with a dot, which no request can name.
 *
 * @param target the place of the whole file
 */
record PartNames(Path target) {
    static final String PREFIX = ".";
    static final String PART_SUFFIX = ".part";

    Path directory() {
        return target.getParent();
    }

    /** The bytes so far. */
    Path part() {
        return beside(PART_SUFFIX);
    }

    /** What the mirror promised for the part file. */
    Path promise() {
        return beside(".head");
    }

    /** Flexo's own record of the whole size, beside whole and partial files alike. */
    Path flexoSize() {
        return beside(".cfs");
    }

    void deleteParts() throws IOException {
        Files.deleteIfExists(part());
        Files.deleteIfExists(promise());
    }

    private Path beside(String suffix) {
        return target.resolveSibling(PREFIX + target.getFileName() + suffix);
    }
}
