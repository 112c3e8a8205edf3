package flexo.repository;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A tar archive in the making, right or wrong in every detail a test asks for. */
final class TarText {
    static final char FILE = '0';
    static final char DIRECTORY = '5';

    private static final int BLOCK_BYTES = 512;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The {@code desc} of a package, with its directory, as repo-add writes them. */
    TarText desc(String nameAndVersion, String text) {
        return entry(nameAndVersion + "/", DIRECTORY, "").entry(nameAndVersion + "/desc", FILE, text);
    }

    TarText entry(String path, char type, String body) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        return header(path, type, octal(content.length)).body(content);
    }

    /** A header with a size field as it is given, eleven characters or twelve bytes of a binary number. */
    TarText header(String path, char type, String size) {
        return header(path, "", type, size.getBytes(StandardCharsets.ISO_8859_1), "ustar\00000");
    }

    TarText header(String path, String prefix, char type, byte[] size, String magic) {
        byte[] block = new byte[BLOCK_BYTES];
        put(block, 0, path.getBytes(StandardCharsets.UTF_8));
        put(block, 100, "0000644".getBytes(StandardCharsets.US_ASCII));
        put(block, 124, size);
        put(block, 136, "14734231600".getBytes(StandardCharsets.US_ASCII));
        block[156] = (byte) type;
        put(block, 257, magic.getBytes(StandardCharsets.US_ASCII));
        put(block, 345, prefix.getBytes(StandardCharsets.UTF_8));
        put(block, 148, "        ".getBytes(StandardCharsets.US_ASCII));
        int sum = 0;
        for (byte value : block) {
            sum += value & 0xff;
        }
        put(block, 148, String.format(Locale.ROOT, "%06o\0", sum).getBytes(StandardCharsets.US_ASCII));
        return raw(block);
    }

    TarText body(byte[] content) {
        return raw(content).raw(new byte[-content.length & (BLOCK_BYTES - 1)]);
    }

    TarText raw(byte[] anything) {
        bytes.writeBytes(anything);
        return this;
    }

    /** With the two blocks of zeros at its end. */
    byte[] whole() {
        return raw(new byte[2 * BLOCK_BYTES]).unfinished();
    }

    /** Without them. */
    byte[] unfinished() {
        return bytes.toByteArray();
    }

    static String octal(long number) {
        return String.format(Locale.ROOT, "%011o", number);
    }

    private static void put(byte[] block, int at, byte[] content) {
        System.arraycopy(content, 0, block, at, content.length);
    }
}
