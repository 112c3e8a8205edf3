package flexo.alpm;

import flexo.alpm.RefusedPathException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The path of a file on a mirror, such as {@code core/os/x86_64/core.db}: the key of a file, for its URL on every
 * mirror and for its location in the package cache.
 *
 * <p>It is decoded, so that all spellings of a URL are equal, and plain: no empty, hidden or parent segments, no
 * control characters, no escaped separators. It is therefore safe to append to a directory.
 */
public final class RepositoryPath {
    /** The longest segment in bytes; leaves room for the part file's prefix and suffix in a name of 255 bytes. */
    static final int MAX_SEGMENT_BYTES = 240;
    /** The exclusive limit of a path in bytes; leaves room for the cache directory in the usual limit of 4096. */
    static final int MAX_PATH_BYTES = 2048;

    /** Without the plus sign: object stores take it for a space, while every server decodes its escape alike. */
    private static final String PLAIN_IN_URL = "/-._~!$&'()*,;=:@";

    private static final String SIGNATURE_SUFFIX = ".sig";
    private static final Pattern SLASHES = Pattern.compile("//+");

    /** The architectures of distributions that use pacman, with their microarchitecture levels. */
    private static final Pattern ARCHITECTURE = Pattern.compile(
            "x86_64(_v\\d)?|any|aarch64|arm(v\\d\\w*)?|i[3-6]86|pentium4|riscv64|loong(arch)?64|(ppc|powerpc)(64)?(le)?");

    /** Decoded, segments joined by slashes. */
    private final String path;
    /** Computed once: everything on the way of a request needs it. */
    private final FileKind kind;

    private RepositoryPath(String path) {
        this.path = path;
        this.kind = FileKind.of(fileName());
    }

    /**
     * Parses the path of a request.
     *
     * <p>Consecutive slashes count as one, as on the web servers of mirrors.
     *
     * @param rawPath the path as in the request line, still percent-encoded, with its leading slash, without query and
     *     context path
     * @return the file it names
     * @throws RefusedPathException if it is not a plain relative path
     */
    public static RepositoryPath parse(String rawPath) throws RefusedPathException {
        if (!rawPath.startsWith("/")) {
            throw new RefusedPathException(Reason.MALFORMED, "The path names no file.");
        }
        // Bounded before decoding; an escape takes three characters for one byte.
        if (rawPath.length() > 3 * MAX_PATH_BYTES) {
            throw tooLong();
        }
        String path = SLASHES.matcher(rawPath).replaceAll("/").substring(1);
        if (path.isEmpty()) {
            throw new RefusedPathException(Reason.MALFORMED, "The path names no file.");
        }
        return ofDecoded(decode(path));
    }

    /**
     * Creates a path from a decoded one, such as one found in a directory.
     *
     * @param path its segments, joined by slashes, without a leading one
     * @return the file it names
     * @throws RefusedPathException if it is not a plain relative path
     */
    public static RepositoryPath ofDecoded(String path) throws RefusedPathException {
        for (int start = 0; start <= path.length(); ) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            checkSegment(path, start, end);
            start = end + 1;
        }
        if (bytesOf(path) >= MAX_PATH_BYTES) {
            throw tooLong();
        }
        return new RepositoryPath(path);
    }

    private static String decode(String raw) throws RefusedPathException {
        ByteBuffer bytes = ByteBuffer.allocate(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c > 0x7e) {
                throw new RefusedPathException(Reason.MALFORMED, "The path has characters that must be escaped.");
            }
            if (c != '%') {
                bytes.put((byte) c);
                continue;
            }
            int high = hexDigit(raw, i + 1);
            int low = hexDigit(raw, i + 2);
            if (high < 0 || low < 0) {
                throw new RefusedPathException(Reason.MALFORMED, "The path has a broken percent escape.");
            }
            int b = high << 4 | low;
            // An escaped slash becomes a backslash, which is refused below.
            bytes.put((byte) (b == '/' ? '\\' : b));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new RefusedPathException(Reason.MALFORMED, "The path is not UTF-8.");
        }
    }

    /** -1 for any other character, including the digits of other scripts, which Java accepts. */
    private static int hexDigit(String raw, int at) {
        return at < raw.length() && raw.charAt(at) < 0x80 ? Character.digit(raw.charAt(at), 16) : -1;
    }

    private static void checkSegment(String path, int start, int end) throws RefusedPathException {
        if (start == end) {
            throw new RefusedPathException(Reason.MALFORMED, "The path has an empty segment.");
        }
        if (path.charAt(start) == '.') {
            throw new RefusedPathException(Reason.FORBIDDEN, "Names that start with a dot are not served.");
        }
        for (int i = start; i < end; i++) {
            if (path.charAt(i) == '\\' || Character.isISOControl(path.charAt(i))) {
                throw new RefusedPathException(
                        Reason.MALFORMED, "The path has a control character or a separator inside a name.");
            }
        }
        if (bytesOf(path.substring(start, end)) > MAX_SEGMENT_BYTES) {
            throw tooLong();
        }
    }

    private static int bytesOf(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static RefusedPathException tooLong() {
        return new RefusedPathException(Reason.MALFORMED, "The path is too long.");
    }

    /** The last segment. */
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** All segments except the last, joined by slashes; empty for a file at the root. */
    public String directory() {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** All segments from the root; the last is the {@link #fileName}. */
    public List<String> segments() {
        return List.of(path.split("/", -1));
    }

    /**
     * Whether it lies below a directory, at any depth.
     *
     * @param ancestor the directory's path, without leading or trailing slashes
     */
    public boolean isBelow(String ancestor) {
        return path.length() > ancestor.length() + 1
                && path.charAt(ancestor.length()) == '/'
                && path.startsWith(ancestor);
    }

    /** The same path without its first segments; empty if it has no more than these. */
    public Optional<RepositoryPath> withoutFirst(int segments) {
        int at = 0;
        for (int i = 0; i < segments; i++) {
            int slash = path.indexOf('/', at);
            if (slash < 0) {
                return Optional.empty();
            }
            at = slash + 1;
        }
        return Optional.of(new RepositoryPath(path.substring(at)));
    }

    /**
     * The file at this path below a directory.
     *
     * @throws RefusedPathException if the combined path is too long
     */
    public RepositoryPath below(String directory) throws RefusedPathException {
        return ofDecoded(directory + "/" + path);
    }

    /** The detached signature of this file, as pacman names it. */
    public RepositoryPath signature() {
        return new RepositoryPath(path + SIGNATURE_SUFFIX);
    }

    /**
     * The file that this signature belongs to.
     *
     * @throws IllegalStateException if the name is not that of a signature
     */
    public RepositoryPath signed() {
        if (!path.endsWith(SIGNATURE_SUFFIX) || fileName().length() == SIGNATURE_SUFFIX.length()) {
            throw new IllegalStateException(path + " is not the name of a signature");
        }
        return new RepositoryPath(path.substring(0, path.length() - SIGNATURE_SUFFIX.length()));
    }

    /**
     * The path of the database that usually lies beside this file. It is named after the repository: the directory
     * above {@code os} in {@code $repo/os/$arch}, the one above the architecture in {@code $repo/$arch}, otherwise the
     * directory itself, as in {@code $arch/$repo}.
     */
    public RepositoryPath usualDatabase() {
        String[] directories = directory().split("/", -1);
        int last = directories.length - 1;
        int repository = last;
        if (last >= 2 && directories[last - 1].equals("os")) {
            repository = last - 2;
        } else if (last >= 1 && ARCHITECTURE.matcher(directories[last]).matches()) {
            repository = last - 1;
        }
        String name = directories[repository] + ".db";
        return new RepositoryPath(directory().isEmpty() ? name : directory() + "/" + name);
    }

    /**
     * Whether no mirror can have a file there, because the path is incomplete or pacman never asks for it: a name at
     * the root that is neither pacman's nor a synchronisation time, or a directory of the layout.
     */
    public boolean isNoFile() {
        String name = fileName();
        return directory().isEmpty()
                ? kind == FileKind.OTHER
                : name.equals("os") || ARCHITECTURE.matcher(name).matches();
    }

    /**
     * Whether it is a package with a version in its name, or the signature of one; the content behind all other names
     * may change.
     */
    public boolean hasVersion() {
        return PackageFileName.parse(fileName()).isPresent()
                || PackageFileName.parseSignature(fileName()).isPresent();
    }

    /** The role of the file for pacman. */
    public FileKind kind() {
        return kind;
    }

    /**
     * The path in a URL (RFC 3986, section 3.3): characters that a segment may contain unescaped stay, except for the
     * plus sign.
     *
     * @return the escaped path without a leading slash
     */
    public String toUrlPath() {
        StringBuilder url = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN_IN_URL.indexOf(c) >= 0)) {
                url.append(c);
            } else {
                url.append(String.format("%%%02X", (int) c));
            }
        }
        return url.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RepositoryPath that && path.equals(that.path);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    /** The decoded path without a leading slash. */
    @Override
    public String toString() {
        return path;
    }
}
