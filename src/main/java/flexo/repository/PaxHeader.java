package flexo.repository;

import java.nio.charset.StandardCharsets;

/**
 * A pax header, which describes the entry that follows it.
 *
 * @param path null if it has none
 * @param sizeBytes -1 if it has none
 */
record PaxHeader(String path, long sizeBytes) {

    /** Reads lines of the form {@code length key=value}, where the length counts the whole line. */
    static PaxHeader parse(byte[] body) throws NotADatabaseException {
        String path = null;
        long size = -1;
        int at = 0;
        while (at < body.length && body[at] != 0) {
            int length = 0;
            int i = at;
            while (i < body.length && isDigit(body[i]) && length <= body.length) {
                length = length * 10 + body[i++] - '0';
            }
            int end = at + length;
            if (i == at || length > body.length - at || i >= end || body[i] != ' ' || body[end - 1] != '\n') {
                throw new NotADatabaseException("a header of its tar archive makes no sense");
            }
            String line = new String(body, i + 1, Math.max(end - i - 2, 0), StandardCharsets.UTF_8);
            if (line.startsWith("path=")) {
                path = line.substring("path=".length());
            } else if (line.startsWith("size=")) {
                size = number(line.substring("size=".length()));
            }
            at = end;
        }
        return new PaxHeader(path, size);
    }

    private static long number(String digits) throws NotADatabaseException {
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new NotADatabaseException("a header of its tar archive makes no sense");
        }
        return Long.parseLong(digits);
    }

    private static boolean isDigit(byte value) {
        return value >= '0' && value <= '9';
    }
}
