package flexo.alpm;

import flexo.alpm.RefusedPathException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The place of a file on a mirror, such as {@code core/os/x86_64/core.db}: the one key of a file, for its URL on every
 * mirror and for its place in the package cache.
 *
 * <p>It is decoded, so all spellings of a URL are equal, and it is plain: no empty, hidden or parent segments, no
 * control characters, no separators hidden in escapes. Whoever holds one may append it to a directory.
 */
public final class RepositoryPath {
    /** The longest segment in bytes; leaves room for the part file's prefix and suffix in a name of 255 bytes. */
    static final int MAX_SEGMENT_BYTES = 240;
    /** Paths are shorter than so many bytes; leaves room for the cache directory in the usual limit of 4096. */
    static final int MAX_PATH_BYTES = 2048;

    /** Without the plus sign: object stores take it for a blank, while its escape means the same to every server. */
    private static final String PLAIN_IN_URL = "/-._~!$&'()*,;=:@";

    private static final String SIGNATURE_SUFFIX = ".sig";
    private static final Pattern SLASHES = Pattern.compile("//+");

    /** Architectures that distributions with pacman have, and their finer ones. */
    private static final Pattern ARCHITECTURE = Pattern.compile(
            "x86_64(_v\\d)?|any|aarch64|arm(v\\d\\w*)?|i[3-6]86|pentium4|riscv64|loong(arch)?64|(ppc|powerpc)(64)?(le)?");

    /** Decoded, segments joined by a slash, which no segment contains. */
    private final String path;
    /** Told from the name, once: everybody on the way of a request asks for it. */
    private final FileKind kind;

    private RepositoryPath(String path) {
        this.path = path;
        this.kind = FileKind.of(fileName());
    }

    /**
     * Reads the path of a request.
     *
     * <p>Several slashes in a row count as one, as they do for the web servers of mirrors.
     *
     * @param rawPath the path as it stood in the request line, still percent-encoded, with its leading slash, without
     *     query and without the context path
     * @return the file it names
     * @throws RefusedPathException if it is not a plain relative path
     */
    public static RepositoryPath parse(String rawPath) throws RefusedPathException {
        if (!rawPath.startsWith("/")) {
            throw new RefusedPathException(Reason.MALFORMED, "The path names no file.");
        }
        // Bounded before it is decoded; an escape takes three characters for one byte.
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
     * The file at a decoded path, such as one that was found in a directory.
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
            // A slash inside a name is refused as the other separator is.
            bytes.put((byte) (b == '/' ? '\\' : b));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new RefusedPathException(Reason.MALFORMED, "The path is not UTF-8.");
        }
    }

    /** -1 if there is none; the digits of other scripts, which Java takes too, are none. */
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

    /** All segments but the last, joined by slashes; empty for a file at the root. */
    public String directory() {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** Its segments from the root on, the last one being the {@link #fileName}. */
    public List<String> segments() {
        return List.of(path.split("/", -1));
    }

    /**
     * Whether it lies below a directory, at whatever depth.
     *
     * @param ancestor the directory's path, without slashes at its ends
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
     * The file that lies at this path below a directory.
     *
     * @throws RefusedPathException if that path is too long
     */
    public RepositoryPath below(String directory) throws RefusedPathException {
        return ofDecoded(directory + "/" + path);
    }

    /** The detached signature of this file, as pacman names it. */
    public RepositoryPath signature() {
        return new RepositoryPath(path + SIGNATURE_SUFFIX);
    }

    /**
     * The file whose detached signature this is.
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
     * The database that usually lies beside this file: named after the repository, which is the directory above {@code os}
     * in {@code $repo/os/$arch}, the one above the architecture in {@code $repo/$arch}, and else the directory itself, as
     * in {@code $arch/$repo}.
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
     * Whether no mirror has a file there, be it for a forgotten part of the path or because no pacman asks for that: a name at
     * the root that is neither pacman's nor a time of synchronisation, or a directory of the layout.
     */
    public boolean isNoFile() {
        String name = fileName();
        return directory().isEmpty()
                ? kind == FileKind.OTHER
                : name.equals("os") || ARCHITECTURE.matcher(name).matches();
    }

    /** Whether it is a package with a version in its name, or the signature of one: all other names may change what they name. */
    public boolean hasVersion() {
        return PackageFileName.parse(fileName()).isPresent()
                || PackageFileName.parseSignature(fileName()).isPresent();
    }

    /** What the file is to pacman. */
    public FileKind kind() {
        return kind;
    }

    /**
     * The path as it stands in a URL (RFC 3986, section 3.3): what a segment may hold unescaped is left as it is, except
     * for the plus sign.
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
