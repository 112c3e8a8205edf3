package flexo.repository;

/** Detects web pages, which captive portals and proxies send in place of other files. */
public final class WebPage {
    private static final int LOOKED_AT_BYTES = 11;

    private WebPage() {}

    /**
     * Whether these bytes may be the beginning of a web page: after white space a tag opens, and the rest is text.
     * Neither databases, packages nor signatures begin like that.
     *
     * @param start the first bytes, any number; a few dozen are enough
     */
    public static boolean startsIn(byte[] start) {
        int at = 0;
        // Skips a byte order mark.
        if (start.length >= 3 && (start[0] & 0xff) == 0xef && (start[1] & 0xff) == 0xbb && (start[2] & 0xff) == 0xbf) {
            at = 3;
        }
        while (at < start.length && (start[at] == ' ' || start[at] == '\t' || start[at] == '\r' || start[at] == '\n')) {
            at++;
        }
        return at < start.length && start[at] == '<' && isText(start, at + 1);
    }

    /** Looks only at a prefix, long enough that binary data hardly ever passes for text. */
    private static boolean isText(byte[] start, int from) {
        int end = Math.min(start.length, from + LOOKED_AT_BYTES);
        for (int at = from; at < end; at++) {
            boolean blank = start[at] == ' ' || start[at] == '\t' || start[at] == '\r' || start[at] == '\n';
            if (!blank && (start[at] < '!' || start[at] > '~')) {
                return false;
            }
        }
        return end > from && (Character.isLetter(start[from]) || start[from] == '!' || start[from] == '?');
    }
}
