package flexo.repository;

/**
 * What a repository database says about one package file.
 *
 * @param fileName {@code %FILENAME%}: the last segment of its path on every mirror; plain, so that it may be appended to a
 *     directory
 * @param sizeBytes {@code %CSIZE%}: its length, at least 1; {@link #UNKNOWN_SIZE} if the database says none
 * @param sha256 {@code %SHA256SUM%}: 64 hexadecimal digits in lower case; empty if the database has none
 * @param name {@code %NAME%}: the package's name
 * @param version {@code %VERSION%}: the package's version; empty if the database says none
 */
public record PackageFile(String fileName, long sizeBytes, String sha256, String name, String version) {
    /** In place of a size that the database does not say. */
    public static final long UNKNOWN_SIZE = -1;

    /** What file systems allow for a name, in UTF-16 units; a longer one could be no package's. */
    private static final int MAX_NAME_LENGTH = 255;

    private static final int SHA256_DIGITS = 64;
    /** What a package costs in memory beside the letters of its strings: objects, their heads, its place in the map. */
    private static final int OVERHEAD_BYTES = 256;

    /** Checks all five. */
    public PackageFile {
        if (!isPlainFileName(fileName)) {
            throw new IllegalArgumentException("not a plain file name: " + fileName);
        }
        if (sizeBytes < 1 && sizeBytes != UNKNOWN_SIZE) {
            throw new IllegalArgumentException("not a size: " + sizeBytes);
        }
        if (!sha256.isEmpty() && !isSha256(sha256)) {
            throw new IllegalArgumentException("not a SHA-256 in lower case: " + sha256);
        }
        if (!isText(name) || (!version.isEmpty() && !isText(version))) {
            throw new IllegalArgumentException("not a package's name and version: " + name + " " + version);
        }
    }

    /** The memory it takes in a map, roughly. */
    int keptBytes() {
        return OVERHEAD_BYTES + fileName.length() + sha256.length() + name.length() + version.length();
    }

    /** Whether it is one visible segment of a path: no separators, control characters or dot in front. */
    static boolean isPlainFileName(String fileName) {
        return isText(fileName) && fileName.charAt(0) != '.' && fileName.indexOf('/') < 0 && fileName.indexOf('\\') < 0;
    }

    // Plain loops: these are asked of some fourteen thousand packages at a time.

    /** Whether it is a SHA-256 as this record wants it. */
    static boolean isSha256(String digits) {
        if (digits.length() != SHA256_DIGITS) {
            return false;
        }
        for (int i = 0; i < SHA256_DIGITS; i++) {
            char c = digits.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** Whether it may be logged and shown: not empty, not endless, no control characters. */
    static boolean isText(String text) {
        if (text.isEmpty() || text.length() > MAX_NAME_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
