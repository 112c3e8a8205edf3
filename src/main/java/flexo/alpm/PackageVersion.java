package flexo.alpm;

import java.nio.charset.StandardCharsets;

/**
 * The version of a package, {@code [epoch:]pkgver[-pkgrel]}, ordered as pacman's {@code vercmp} orders.
 *
 * <p>Any text is a version, as in pacman; only ASCII letters and digits count, everything else separates. The order
 * follows vercmp in corner cases, too, and so shares its flaws:
 *
 * <ul>
 *   <li>It considers different texts equal, such as {@code 1.0-1} and {@code 0:1.00-1}, and a version without pkgrel
 *       equal to the same version with any. {@link #equals} compares the text, which names a file; the two are
 *       inconsistent.
 *   <li>It is not transitive: {@code 1.} is before {@code 1.1}, that before {@code 1..a}, and that before {@code 1.}.
 *       The sorting methods of the JDK may throw then; a {@link java.util.PriorityQueue} does not.
 * </ul>
 */
public final class PackageVersion implements Comparable<PackageVersion> {
    private static final String NO_EPOCH = "0";

    private final String text;
    private final String epoch;
    private final String pkgver;
    /** Null if there is none. */
    private final String pkgrel;

    private PackageVersion(String text) {
        this.text = text;
        // Byte by byte, like vercmp: characters beyond ASCII separate, and each of their bytes counts.
        String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        int colon = endOfRun(bytes, 0, true);
        boolean hasEpoch = colon < bytes.length() && bytes.charAt(colon) == ':';
        // A leading colon still ends an (empty) epoch.
        epoch = hasEpoch && colon > 0 ? bytes.substring(0, colon) : NO_EPOCH;
        int begin = hasEpoch ? colon + 1 : 0;
        int hyphen = bytes.lastIndexOf('-');
        pkgver = hyphen < begin ? bytes.substring(begin) : bytes.substring(begin, hyphen);
        pkgrel = hyphen < begin ? null : bytes.substring(hyphen + 1);
    }

    /** Parses a version. */
    public static PackageVersion of(String text) {
        return new PackageVersion(text);
    }

    /**
     * Compares like vercmp: first the epochs, then the versions, then, if both have one, the pkgrels.
     *
     * @return negative if this is older, positive if it is newer
     */
    @Override
    public int compareTo(PackageVersion other) {
        int result = compare(epoch, other.epoch);
        if (result == 0) {
            result = compare(pkgver, other.pkgver);
        }
        if (result == 0 && pkgrel != null && other.pkgrel != null) {
            result = compare(pkgrel, other.pkgrel);
        }
        return result;
    }

    /** Compares run by run: numbers by value, letters by character code; a number is newer than letters. */
    private static int compare(String one, String two) {
        int at1 = 0;
        int at2 = 0;
        while (at1 < one.length() && at2 < two.length()) {
            int run1 = endOfSeparators(one, at1);
            int run2 = endOfSeparators(two, at2);
            if (run1 == one.length() || run2 == two.length()) {
                return compareRests(one, run1, two, run2);
            }
            if (run1 - at1 != run2 - at2) {
                return Integer.compare(run1 - at1, run2 - at2);
            }
            boolean number = isDigit(one.charAt(run1));
            if (number != isDigit(two.charAt(run2))) {
                return number ? 1 : -1;
            }
            at1 = endOfRun(one, run1, number);
            at2 = endOfRun(two, run2, number);
            int result = compareRuns(one.substring(run1, at1), two.substring(run2, at2), number);
            if (result != 0) {
                return result;
            }
        }
        return compareRests(one, at1, two, at2);
    }

    /**
     * At least one of the two is at its end. The longer is newer, unless it goes on with letters: {@code 1.0rc} is
     * before {@code 1.0}.
     */
    private static int compareRests(String one, int at1, String two, int at2) {
        if (at1 == one.length() && at2 == two.length()) {
            return 0;
        }
        return at1 == one.length() ? (isLetter(two.charAt(at2)) ? 1 : -1) : (isLetter(one.charAt(at1)) ? -1 : 1);
    }

    private static int compareRuns(String one, String two, boolean number) {
        if (!number) {
            return one.compareTo(two);
        }
        String digits1 = withoutLeadingZeros(one);
        String digits2 = withoutLeadingZeros(two);
        // Dates and commit numbers may exceed any integer type.
        return digits1.length() == digits2.length()
                ? digits1.compareTo(digits2)
                : Integer.compare(digits1.length(), digits2.length());
    }

    private static String withoutLeadingZeros(String digits) {
        int zeros = 0;
        while (zeros < digits.length() && digits.charAt(zeros) == '0') {
            zeros++;
        }
        return digits.substring(zeros);
    }

    private static int endOfSeparators(String text, int from) {
        int at = from;
        while (at < text.length() && !isDigit(text.charAt(at)) && !isLetter(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int endOfRun(String text, int from, boolean number) {
        int at = from;
        while (at < text.length() && (number ? isDigit(text.charAt(at)) : isLetter(text.charAt(at)))) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackageVersion that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
