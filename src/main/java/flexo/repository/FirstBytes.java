package flexo.repository;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Detects from its first bytes that a file is something else: captive portals, quota pages and object stores send web
 * pages, texts and pointers in place of files, with any content type.
 */
public final class FirstBytes {
    /** The number of bytes to inspect; of a shorter file, all of them. */
    public static final int ENOUGH = 512;
    /** Fewer bytes may look like text by chance. */
    private static final int LEAST_OF_A_TEXT = 64;

    private static final String WEB_PAGE = "a web page";

    private static final Pattern BINARY = Pattern.compile(
            "(vmlinuz|initramfs)(-.*)?"
                    + "|.+\\.(iso|img|raw|qcow2?|vmdk|vdi|vhdx?|ova|box|wsl|efi|sfs|squashfs|erofs|cpio|tar|t?[gx]z|t?zst|t?bz2"
                    + "|lz4|lzo|lz|lrz|7z|zip|rar|deb|rpm|apk|jar|exe)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern CHECKSUMS =
            Pattern.compile("(.*[._-])?(b2|b3|md5|sha\\d{1,3})(sums?)?(\\.txt)?", Pattern.CASE_INSENSITIVE);
    /** The shortest is MD5. */
    private static final Pattern CHECKSUM = Pattern.compile("\\b[0-9a-fA-F]{32,128}\\b");

    private static final Pattern PAGES = Pattern.compile(".+\\.(x?html?|xml|svg|php)", Pattern.CASE_INSENSITIVE);

    private static final String POINTER = "version https://git-lfs.";
    /** Compression formats whose magic numbers are letters: bzip2, lzip, lrzip, rar, 7z, zip. */
    private static final List<String> LETTERS_OF_ARCHIVES = List.of("BZh", "LZIP", "LRZI", "Rar!", "7z", "PK");

    private static final List<String> BYTE_ORDER_MARKS_OF_UTF_16 = List.of("\u00fe\u00ff", "\u00ff\u00fe");

    private FirstBytes() {}

    /**
     * What the file is instead of the expected one.
     *
     * @param start its first bytes, {@link #ENOUGH} of them if there are that many so far
     * @param lengthBytes the length of the whole file
     * @return a noun phrase for people; empty if nothing is known to be wrong
     */
    public static Optional<String> insteadOf(RepositoryPath file, byte[] start, long lengthBytes) {
        String name = file.fileName();
        if (file.kind() == FileKind.OTHER && PAGES.matcher(name).matches()) {
            return Optional.empty();
        }
        if (WebPage.startsIn(start)) {
            return Optional.of(WEB_PAGE);
        }
        if (latin(start).startsWith(POINTER)) {
            return Optional.of("a pointer to a file");
        }
        if (start.length < Math.min(LEAST_OF_A_TEXT, lengthBytes)) {
            return Optional.empty();
        }
        if (isChecksums(file)) {
            return CHECKSUM.matcher(latin(start)).find()
                    ? Optional.empty()
                    : Optional.of("something without a checksum");
        }
        if (isBinary(file) && isText(start, start.length == lengthBytes)) {
            return Optional.of("a text");
        }
        return file.kind() == FileKind.PACKAGE && isGzip(start) && !name.endsWith("gz")
                ? Optional.of("something in gzip")
                : Optional.empty();
    }

    /** Whether the name determines the format, so that any other format is the mirror's fault. */
    public static boolean known(RepositoryPath file) {
        return isBinary(file) || isChecksums(file) || file.kind() != FileKind.OTHER;
    }

    private static boolean isBinary(RepositoryPath file) {
        return file.kind() == FileKind.PACKAGE
                || file.kind() == FileKind.DATABASE
                || (file.kind() == FileKind.OTHER
                        && BINARY.matcher(file.fileName()).matches());
    }

    private static boolean isChecksums(RepositoryPath file) {
        return file.kind() == FileKind.OTHER
                && CHECKSUMS.matcher(file.fileName()).matches();
    }

    private static boolean isGzip(byte[] start) {
        return start.length > 1 && start[0] == 0x1f && start[1] == (byte) 0x8b;
    }

    /**
     * Whether these bytes are text in ASCII, UTF-8 or UTF-16.
     *
     * @param whole whether these are all bytes of the file
     */
    public static boolean isText(byte[] start, boolean whole) {
        String letters = latin(start);
        if (BYTE_ORDER_MARKS_OF_UTF_16.stream().anyMatch(letters::startsWith)) {
            return true;
        }
        if (LETTERS_OF_ARCHIVES.stream().anyMatch(letters::startsWith)
                || letters.chars().anyMatch(FirstBytes::isNeverInATextFile)) {
            return false;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        return !decoder.decode(ByteBuffer.wrap(start), CharBuffer.allocate(start.length), whole)
                .isError();
    }

    /** Excludes white space and the escape character of terminal colours. */
    private static boolean isNeverInATextFile(int b) {
        return b == 0x7f || (b < ' ' && (b < '\t' || b > '\r') && b != 0x1b);
    }

    private static String latin(byte[] start) {
        return new String(start, StandardCharsets.ISO_8859_1);
    }
}
