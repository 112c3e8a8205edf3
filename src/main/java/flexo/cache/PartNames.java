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
    static final String PROMISE_SUFFIX = ".head";
    static final String FLEXO_SIZE_SUFFIX = ".cfs";

    Path directory() {
        return target.getParent();
    }

    /** The bytes so far. */
    Path part() {
        return beside(PART_SUFFIX);
    }

    /** What the mirror promised for the part file. */
    Path promise() {
        return beside(PROMISE_SUFFIX);
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
        return beside(".next");
    }

    /** The detached signature, as mirrors have it. */
    Path signature() {
        return target.resolveSibling(target.getFileName() + ".sig");
    }

    /** The signature that is about to be moved there. */
    Path nextSignature() {
        return beside(".sig.next");
    }

    void deleteParts() throws IOException {
        Files.deleteIfExists(part());
        Files.deleteIfExists(promise());
    }

    private Path beside(String suffix) {
        return target.resolveSibling(PREFIX + target.getFileName() + suffix);
    }
}
