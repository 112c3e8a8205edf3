package flexo.web;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A single byte range of a request (RFC 9110, section 14.1.2): {@code bytes=N-}, {@code bytes=N-M} or {@code bytes=-N}.
 *
 * @param first the first byte, or -1 for a suffix
 * @param last the last byte, inclusive, or -1 for "to the end"; for a suffix its length
 */
record ByteRange(long first, long last) {
    private static final Pattern SINGLE =
            Pattern.compile("bytes\\s*=\\s*(\\d*)\\s*-\\s*(\\d*)", Pattern.CASE_INSENSITIVE);

    /** A part of a file of known size. */
    record Slice(long start, long end) {
        long length() {
            return end - start;
        }
    }

    /**
     * Parses a {@code Range} header.
     *
     * @return the range; empty if there is none, there are several, or it is malformed: the whole file is the right
     *     response
     */
    static Optional<ByteRange> parse(String header) {
        if (header == null) {
            return Optional.empty();
        }
        Matcher single = SINGLE.matcher(header.strip());
        if (!single.matches()) {
            return Optional.empty();
        }
        long first = number(single.group(1));
        long last = number(single.group(2));
        boolean empty = first < 0 && last < 0;
        boolean backwards = first >= 0 && last >= 0 && last < first;
        return empty || backwards ? Optional.empty() : Optional.of(new ByteRange(first, last));
    }

    /** Numbers that are too long are larger than any file; one such number stands for all. */
    private static long number(String digits) {
        if (digits.isEmpty()) {
            return -1;
        }
        return digits.length() > 18 ? Long.MAX_VALUE - 1 : Long.parseLong(digits);
    }

    /**
     * Applies the range to a file.
     *
     * @return the bytes requested; empty if none of them exists, which is answered with 416
     */
    Optional<Slice> of(long lengthBytes) {
        if (first < 0) {
            return last == 0 ? Optional.empty() : Optional.of(new Slice(Math.max(0, lengthBytes - last), lengthBytes));
        }
        if (first >= lengthBytes) {
            return Optional.empty();
        }
        long end = last < 0 ? lengthBytes : Math.min(last + 1, lengthBytes);
        return Optional.of(new Slice(first, end));
    }
}
