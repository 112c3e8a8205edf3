package flexo.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proves that a file is a whole repository database, and reads it: a tar archive of {@code name-version/desc} entries,
 * compressed or not, as {@code repo-add} makes it. File lists ({@code core.files}) are databases too.
 *
 * <p>Only the bytes count: neither the file's name nor the mirror's headers are trusted. However hostile the input,
 * reading it stays within the limits and ends in one of the declared exceptions.
 */
public final class DatabaseReader {
    private static final String DESC = "desc";
    private static final int STRING_OVERHEAD_BYTES = 64;

    /** Enough to detect a web page and any compression. */
    private static final int START_BYTES = 512;

    private static final int MAX_SHOWN_LENGTH = 120;

    private final DatabaseLimits limits;
    /** Null unless package relations are wanted. */
    private final List<PackageRelations> relations;

    private final Map<String, PackageFile> files = new HashMap<>();
    private long keptBytes;
    private long newestSeconds;
    /** Grows with the largest entry so far. */
    private byte[] text = new byte[8 << 10];

    private DatabaseReader(DatabaseLimits limits, List<PackageRelations> relations) {
        this.limits = limits;
        this.relations = relations;
    }

    /**
     * Reads a database to its end.
     *
     * <p>Takes a few hundred milliseconds of processor time for Arch's largest database.
     *
     * @param file a file that does not change meanwhile, of any name
     * @param limits the cost limits
     * @return its contents
     * @throws IOException if the file cannot be read from disk; this says nothing about its contents
     * @throws NotADatabaseException if it is something else, truncated, damaged, or out of all proportion
     * @throws UnreadableCompressionException if Flexo cannot decompress it, so that nothing can be said about it
     */
    public static RepositoryDatabase read(Path file, DatabaseLimits limits)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        return read(Files.newInputStream(file), limits, null);
    }

    /**
     * Reads a database to its end from any stream.
     *
     * @param bytes the whole database; closed by this method
     * @throws IOException if the stream cannot be read
     */
    public static RepositoryDatabase read(InputStream bytes, DatabaseLimits limits)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        return read(bytes, limits, null);
    }

    /**
     * Reads the provides and depends of a database's packages; otherwise as {@link #read}.
     *
     * @return the relations of all packages, in the order of the database
     */
    public static List<PackageRelations> relations(Path file, DatabaseLimits limits)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        List<PackageRelations> relations = new ArrayList<>();
        RepositoryDatabase unused = read(Files.newInputStream(file), limits, relations);
        return relations;
    }

    private static RepositoryDatabase read(InputStream bytes, DatabaseLimits limits, List<PackageRelations> relations)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        try (SourceBytes source = new SourceBytes(bytes)) {
            byte[] start = source.peek(START_BYTES);
            if (start.length == 0) {
                throw new NotADatabaseException("it is empty");
            }
            if (WebPage.startsIn(start)) {
                throw new NotADatabaseException("it is a web page");
            }
            try (UnpackedBytes unpacked = UnpackedBytes.of(source, Compression.of(start), limits)) {
                return new DatabaseReader(limits, relations).read(new TarReader(unpacked, limits));
            }
        }
    }

    private RepositoryDatabase read(TarReader archive)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        boolean hasEntries = false;
        TarReader.Entry entry = archive.next();
        while (entry != null) {
            hasEntries = true;
            if (entry.regular() && isDesc(entry.path())) {
                keep(desc(entry, archive), entry.path());
            }
            entry = archive.next();
        }
        if (hasEntries && files.isEmpty()) {
            throw new NotADatabaseException("it is a tar archive of something else, without any desc of a package");
        }
        Optional<Instant> newest =
                newestSeconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(newestSeconds));
        return RepositoryDatabase.owning(files, newest);
    }

    /** A {@code desc} lies in a directory at the top level; deeper ones belong to some other archive. */
    private static boolean isDesc(String path) {
        int slash = path.length() - DESC.length() - 1;
        int start = path.startsWith("./") ? 2 : 0;
        return slash > start && path.endsWith(DESC) && path.charAt(slash) == '/' && path.indexOf('/', start) == slash;
    }

    private Desc desc(TarReader.Entry entry, TarReader archive)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        if (entry.sizeBytes() > limits.descBytes()) {
            throw new NotADatabaseException("its entry " + printable(entry.path()) + " has " + entry.sizeBytes()
                    + " bytes, as no description of a package has");
        }
        if (entry.sizeBytes() > text.length) {
            text = new byte[(int) Math.min(limits.descBytes(), 2 * entry.sizeBytes())];
        }
        int length = archive.readBody(text);
        Desc desc = Desc.parse(text, length, entry.path());
        if (relations != null) {
            keep(Desc.relations(desc.file(), text, length));
        }
        return desc;
    }

    private void keep(PackageRelations related) throws NotADatabaseException {
        relations.add(related);
        for (List<String> names : List.of(related.provides(), related.depends())) {
            for (String name : names) {
                keptBytes += STRING_OVERHEAD_BYTES + name.length();
            }
        }
    }

    private void keep(Desc desc, String path) throws NotADatabaseException {
        PackageFile file = desc.file();
        PackageFile other = files.putIfAbsent(file.fileName(), file);
        if (other != null && !other.equals(file)) {
            throw new NotADatabaseException(
                    "its entry " + printable(path) + " contradicts another one about " + file.fileName());
        }
        keptBytes += file.keptBytes();
        if (keptBytes > limits.keptBytes()) {
            throw new NotADatabaseException("it names too many packages: " + files.size() + " and more");
        }
        newestSeconds = Math.max(newestSeconds, desc.builtSeconds());
    }

    /** A path from the archive, made safe to log. */
    static String printable(String path) {
        String shown = path.length() > MAX_SHOWN_LENGTH ? path.substring(0, MAX_SHOWN_LENGTH) + "…" : path;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
