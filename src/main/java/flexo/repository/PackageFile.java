package flexo.repository;

/**
 * The entry of a repository database for one package file.
 *
 * @param fileName {@code %FILENAME%}: the last segment of its path on every mirror; plain, so that it may be appended
 *     to a directory
 * @param sizeBytes {@code %CSIZE%}: its length, at least 1; {@link #UNKNOWN_SIZE} if the database has none
 * @param sha256 {@code %SHA256SUM%}: 64 lower-case hexadecimal digits; empty if the database has none
 * @param name {@code %NAME%}: the package's name
 * @param version {@code %VERSION%}: the package's version; empty if the database has none
 */
public record PackageFile(String fileName, long sizeBytes, String sha256, String name, String version) {
    /** The value of a missing size. */
    public static final long UNKNOWN_SIZE = -1;

    /** The limit of file systems, in UTF-16 units. */
    private static final int MAX_NAME_LENGTH = 255;

    private static final int SHA256_DIGITS = 64;
    /** The memory cost of an entry besides its characters: objects, headers, map entry. */
    private static final int OVERHEAD_BYTES = 256;

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

    /** Its approximate memory cost as a map entry. */
    int keptBytes() {
        return OVERHEAD_BYTES + fileName.length() + sha256.length() + name.length() + version.length();
    }

    /** Whether this is one visible path segment: no separators, no control characters, no leading dot. */
    static boolean isPlainFileName(String fileName) {
        return isText(fileName) && fileName.charAt(0) != '.' && fileName.indexOf('/') < 0 && fileName.indexOf('\\') < 0;
    }

    // Plain loops: these run for some fourteen thousand packages at a time.

    /** Whether this is a SHA-256 in the form that this record requires. */
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

    /** Whether this may be logged and shown: not empty, not too long, no control characters. */
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
