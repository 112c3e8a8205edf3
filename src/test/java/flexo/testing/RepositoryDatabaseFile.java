package flexo.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** A real repository database in the making, as repo-add writes it: a tar archive, packed by gzip. One thread. */
public final class RepositoryDatabaseFile {
    private static final int BLOCK_BYTES = 512;
    private static final Instant BUILT = Instant.parse("2024-12-31T00:00:00Z");

    private final ByteArrayOutputStream archive = new ByteArrayOutputStream();

    /** A repository without packages. */
    public RepositoryDatabaseFile() {}

    /**
     * Lists a package for x86_64, with the size and the SHA-256 of its file.
     *
     * @param name as pacman calls it
     * @param version with its {@code pkgrel}
     * @param file the bytes of the package file
     * @param built when it was built, in whole seconds
     * @return this
     */
    public RepositoryDatabaseFile add(String name, String version, byte[] file, Instant built) {
        return add(fileName(name, version), name, version, FileContent.of(file), built);
    }

    /**
     * Lists a package by the name of its file, with the size and the SHA-256 of the file.
     *
     * @param path of the package file, with or without its directories: {@code name-version-pkgrel-arch.pkg.tar.zst}
     * @param file the bytes of the package file
     * @return this
     */
    public RepositoryDatabaseFile list(String path, FileContent file) {
        String fileName = path.substring(path.lastIndexOf('/') + 1);
        String nameAndVersion = fileName.replaceFirst("-[^-]+\\.pkg\\.tar.*", "");
        String name = nameAndVersion.replaceFirst("-[^-]+-[^-]+$", "");
        return add(fileName, name, nameAndVersion.substring(name.length() + 1), file, BUILT);
    }

    /**
     * Lists a package whose entry holds bytes that do not compress, so that the database is at least so long.
     *
     * @param seed which bytes
     * @param bytes how many
     * @return this
     */
    public RepositoryDatabaseFile filler(long seed, int bytes) {
        String name = "filler" + seed;
        list(name + "-1-1-any.pkg.tar.zst", FileContent.seeded(seed, 100));
        entry(name + "-1-1/files", '0', FileContent.seeded(seed, bytes).bytes());
        return this;
    }

    private RepositoryDatabaseFile add(String fileName, String name, String version, FileContent file, Instant built) {
        String desc = field("FILENAME", fileName)
                + field("NAME", name)
                + field("VERSION", version)
                + field("CSIZE", String.valueOf(file.lengthBytes()))
                + field("SHA256SUM", file.sha256())
                + field("BUILDDATE", String.valueOf(built.getEpochSecond()))
                + field("ARCH", "x86_64");
        entry(name + "-" + version + "/", '5', new byte[0]);
        entry(name + "-" + version + "/desc", '0', desc.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /**
     * The name of a package file.
     *
     * @param name of the package
     * @param version with its {@code pkgrel}
     * @return a name without directories
     */
    public static String fileName(String name, String version) {
        return name + "-" + version + "-x86_64.pkg.tar.zst";
    }

    /**
     * The database as it is now.
     *
     * @return the bytes of the file, the same for the same packages
     */
    public byte[] bytes() {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream packing = new GZIPOutputStream(packed)) {
            archive.writeTo(packing);
            packing.write(new byte[2 * BLOCK_BYTES]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    /**
     * The database as it is now.
     *
     * @return the same as {@link #bytes}
     */
    public FileContent content() {
        return FileContent.of(bytes());
    }

    /**
     * The archive as it is now, not packed: its length depends on the lengths of its entries alone.
     *
     * @return the bytes of the file
     */
    public FileContent unpacked() {
        byte[] bytes = archive.toByteArray();
        return FileContent.of(Arrays.copyOf(bytes, bytes.length + 2 * BLOCK_BYTES));
    }

    private static String field(String key, String value) {
        return "%" + key + "%\n" + value + "\n\n";
    }

    private void entry(String path, char type, byte[] body) {
        byte[] header = new byte[BLOCK_BYTES];
        put(header, 0, path);
        put(header, 100, "0000644");
        put(header, 124, String.format(Locale.ROOT, "%011o", body.length));
        put(header, 136, "14734231600");
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        // The checksum is taken over spaces in its own place.
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0", sum));
        archive.writeBytes(header);
        archive.writeBytes(Arrays.copyOf(body, (body.length + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES));
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }
}
