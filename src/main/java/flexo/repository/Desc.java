package flexo.repository;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The fields of a package's {@code desc} that are kept.
 *
 * @param file its package file
 * @param builtSeconds {@code %BUILDDATE%} in seconds since the epoch; 0 if it is missing or invalid
 */
record Desc(PackageFile file, long builtSeconds) {
    /** The end of the year 9999, beyond which no time can be printed. */
    private static final long MAX_SECONDS = 253_402_300_799L;

    // Indexes into the array of values and the array of keys.
    private static final int FILENAME = 0;
    private static final int NAME = 1;
    private static final int VERSION = 2;
    private static final int CSIZE = 3;
    private static final int SHA256SUM = 4;
    private static final int BUILDDATE = 5;
    private static final byte[][] KEYS = Stream.of(
                    "%FILENAME%", "%NAME%", "%VERSION%", "%CSIZE%", "%SHA256SUM%", "%BUILDDATE%")
            .map(key -> key.getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new);

    private static final byte[] PROVIDES = "%PROVIDES%".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DEPENDS = "%DEPENDS%".getBytes(StandardCharsets.US_ASCII);

    /**
     * Parses a {@code desc}: a key on a line by itself, its value on the next one, as pacman does.
     *
     * @param text an array that starts with the text
     * @param length the length of the text
     * @param path the path of the entry, for the error message
     */
    static Desc parse(byte[] text, int length, String path) throws NotADatabaseException {
        String[] values = new String[KEYS.length];
        int at = 0;
        while (at < length) {
            int end = lineEnd(text, at, length);
            boolean isKey = end - at > 2 && text[at] == '%' && text[end - 1] == '%';
            int valueAt = end + 1;
            if (isKey && valueAt < length) {
                int valueEnd = lineEnd(text, valueAt, length);
                int key = keyIn(text, at, end);
                if (key >= 0) {
                    values[key] = new String(text, valueAt, valueEnd - valueAt, StandardCharsets.UTF_8);
                }
                // Whatever it looks like, this line is a value and no key.
                at = valueEnd + 1;
            } else {
                at = end + 1;
            }
        }
        return new Desc(packageFile(values, path), number(values, BUILDDATE, MAX_SECONDS));
    }

    /** The relations of a package, from a text that has been parsed before. */
    static PackageRelations relations(PackageFile file, byte[] text, int length) {
        return new PackageRelations(
                file.name(),
                file.fileName(),
                file.sizeBytes(),
                list(text, length, PROVIDES),
                list(text, length, DEPENDS));
    }

    /** The lines behind a key, up to an empty line. */
    private static List<String> list(byte[] text, int length, byte[] key) {
        List<String> values = new ArrayList<>(0);
        boolean inside = false;
        for (int at = 0, end; at < length; at = end + 1) {
            end = lineEnd(text, at, length);
            if (inside && end > at) {
                values.add(new String(text, at, end - at, StandardCharsets.UTF_8));
            } else {
                inside = Arrays.equals(text, at, end, key, 0, key.length);
            }
        }
        return values;
    }

    /** The key on this line; -1 if its value is not kept. */
    private static int keyIn(byte[] text, int from, int to) {
        for (int key = 0; key < KEYS.length; key++) {
            if (Arrays.equals(text, from, to, KEYS[key], 0, KEYS[key].length)) {
                return key;
            }
        }
        return -1;
    }

    private static PackageFile packageFile(String[] values, String path) throws NotADatabaseException {
        String fileName = value(values, FILENAME);
        String name = value(values, NAME);
        String version = value(values, VERSION);
        String sha256 = value(values, SHA256SUM).toLowerCase(Locale.ROOT);
        if (fileName.isEmpty() || name.isEmpty()) {
            throw refused(path, "names no " + (fileName.isEmpty() ? "package file" : "package"));
        }
        if (!PackageFile.isPlainFileName(fileName)) {
            throw refused(path, "names a package file whose name no package can have");
        }
        if (!PackageFile.isText(name) || (!version.isEmpty() && !PackageFile.isText(version))) {
            throw refused(path, "has a name or a version that no package can have");
        }
        if (!sha256.isEmpty() && !PackageFile.isSha256(sha256)) {
            throw refused(path, "has a SHA-256 that is none");
        }
        long size = number(values, CSIZE, Long.MAX_VALUE);
        return new PackageFile(fileName, size == 0 ? PackageFile.UNKNOWN_SIZE : size, sha256, name, version);
    }

    private static String value(String[] values, int key) {
        String value = values[key];
        return value == null ? "" : value;
    }

    /** The number; 0 if it is missing or invalid, which pacman tolerates, too. */
    private static long number(String[] values, int key, long most) {
        String digits = value(values, key);
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        long number = Long.parseLong(digits);
        return number > most ? 0 : number;
    }

    private static int lineEnd(byte[] text, int from, int length) {
        int end = from;
        while (end < length && text[end] != '\n') {
            end++;
        }
        return end;
    }

    private static NotADatabaseException refused(String path, String what) {
        return new NotADatabaseException("its entry " + DatabaseReader.printable(path) + " " + what);
    }
}
