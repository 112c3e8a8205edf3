package flexo.cache;

import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The generations of database files on disk: each database under its own name, its signature beside it for readers of
 * the directory, and a note that ties them together.
 *
 * <p>A generation is published by an atomic rename of its database; after a crash at any point, the note that matches
 * the database is found. One thread at a time for each database.
 */
public final class Generations {
    private static final Logger LOG = Logger.getLogger(Generations.class.getName());

    private static final int COPIED_AT_ONCE_BYTES = 256 * 1024;

    private final CacheRoot root;

    /**
     * Uses a directory that is not shared.
     *
     * @param root the directory; need not exist yet
     */
    public Generations(Path root) {
        this(CacheRoot.alone(root));
    }

    /** Uses the cache directory. */
    public Generations(CacheRoot root) {
        this.root = root;
    }

    /**
     * The generation published last. Verifies all of the database, since bits rot on disks.
     *
     * @return empty if there is none, or the file is not the one that was published
     * @throws IOException if the directory cannot be read
     */
    public Optional<Generation> load(RepositoryPath database) throws IOException {
        if (!root.isOurs()) {
            return Optional.empty();
        }
        PartNames names = root.names(database, root.instance().tag());
        BasicFileAttributes found;
        try {
            if (names.leadsOut()) {
                return Optional.empty();
            }
            found = Files.readAttributes(names.target(), BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (FileSystemException e) {
            if (liesBelowDirectories(names)) {
                throw e;
            }
            return Optional.empty();
        }
        Optional<GenerationNote> note = GenerationNote.read(names.generation()).filter(known -> fits(known, found));
        if (note.isEmpty()) {
            // The process ended between the renames of the database and its note.
            note = GenerationNote.read(names.nextGeneration()).filter(known -> fits(known, found));
            if (note.isEmpty()) {
                return Optional.empty();
            }
            finishPublishing(names, note.get());
        }
        Optional<Generation> generation = Generation.open(names.target(), note.get());
        if (generation.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "{0}: the cached database is not the one that was put there; it will be fetched again",
                    database);
        }
        return generation;
    }

    /** Otherwise there can be no file. */
    private boolean liesBelowDirectories(PartNames names) {
        Path ancestor = names.directory();
        while (!ancestor.equals(root.directory()) && !Files.exists(ancestor)) {
            ancestor = ancestor.getParent();
        }
        return Files.isDirectory(ancestor);
    }

    private static boolean isThere(PartNames names, GenerationNote note) {
        try {
            return fits(note, Files.readAttributes(names.target(), BasicFileAttributes.class));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean fits(GenerationNote note, BasicFileAttributes found) {
        return found.isRegularFile()
                && found.size() == note.head().lengthBytes()
                && found.lastModifiedTime()
                        .toInstant()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .equals(note.head().lastModified());
    }

    /**
     * Publishes a database with its signature.
     *
     * @param part the complete and verified database, flushed to disk
     * @param now the time a mirror confirmed it
     * @throws IOException on a disk error; then either the former generation remains, or the next {@link #load} finds
     *     the new one
     */
    public Generation publish(RepositoryPath database, PartFile part, GenerationNote note, Instant now)
            throws IOException {
        PartNames names = root.names(database);
        try {
            // First, so that the database always has a matching note.
            note.write(names.nextGeneration());
            part.publish(note.head());
        } catch (IOException e) {
            if (!isThere(names, note)) {
                Files.deleteIfExists(names.nextGeneration());
            }
            throw e;
        }
        finishPublishing(names, note);
        touch(names, now);
        // Not opened by its name, which may be another instance's by now.
        return Generation.stored(names.target().toString(), part, note);
    }

    /**
     * A generation that is served although the disk has refused it. The files on disk stay as they are.
     *
     * @param part the complete and verified database
     */
    public Generation unstored(RepositoryPath database, PartFile part, GenerationNote note) {
        return Generation.unstored(database.toString(), part, note);
    }

    /**
     * Publishes a generation that the disk refused at first.
     *
     * @return the same generation, on disk
     * @throws IOException if the disk refuses again, or the generation is retired
     */
    public Generation store(RepositoryPath database, Generation unstored, Instant now) throws IOException {
        Content content = unstored.open().orElseThrow(() -> new IOException(database + " has been replaced"));
        try (content;
                PartFile part = PartFile.create(root.names(database), Optional.empty())) {
            try {
                copy(content, part);
                return publish(database, part, unstored.note(), now);
            } catch (IOException e) {
                part.discard();
                throw e;
            }
        }
    }

    private static void copy(Content from, PartFile to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(COPIED_AT_ONCE_BYTES);
        long position = 0;
        while (position < from.head().lengthBytes()) {
            int count = from.read(position, buffer, () -> {});
            to.write(buffer.flip(), position);
            buffer.clear();
            position += count;
        }
    }

    /**
     * Updates the note of the current generation; its database stays, its signature may change.
     *
     * @param now the time a mirror confirmed it
     * @throws IOException on a disk error
     */
    public void rewrite(RepositoryPath database, GenerationNote note, Instant now) throws IOException {
        PartNames names = root.names(database);
        note.write(names.nextGeneration());
        finishPublishing(names, note);
        touch(names, now);
    }

    private static void finishPublishing(PartNames names, GenerationNote note) throws IOException {
        Path signature = names.signature();
        if (note.signature().isEmpty()) {
            Files.deleteIfExists(signature);
        } else {
            Path next = names.nextSignature();
            try {
                FlushedFile.write(next, note.signature().get().bytes());
                Files.setLastModifiedTime(next, FileTime.from(note.head().lastModified()));
            } catch (IOException e) {
                Files.deleteIfExists(next);
                throw e;
            }
            Files.move(next, signature, StandardCopyOption.ATOMIC_MOVE);
        }
        // Last: until then, the next start repeats all of this.
        Files.move(names.nextGeneration(), names.generation(), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Removes the current generation.
     *
     * @throws IOException on a disk error; the remaining files are no generation then
     */
    public void remove(RepositoryPath database) throws IOException {
        if (!root.isOurs()) {
            return;
        }
        PartNames names = root.names(database);
        // First: a database without a note is fetched again.
        Files.deleteIfExists(names.generation());
        Files.deleteIfExists(names.target());
        Files.deleteIfExists(names.signature());
    }

    /** The path of a published database. */
    public Path file(RepositoryPath database) {
        return root.place(database).target();
    }

    /**
     * The time a mirror last confirmed the current generation.
     *
     * @throws IOException if there is none
     */
    public Instant confirmed(RepositoryPath database) throws IOException {
        return Files.getLastModifiedTime(root.place(database).generation()).toInstant();
    }

    /**
     * Records that a mirror has confirmed the current generation.
     *
     * @throws IOException on a disk error
     */
    public void confirm(RepositoryPath database, Instant now) throws IOException {
        touch(root.place(database), now);
    }

    private static void touch(PartNames names, Instant now) throws IOException {
        Files.setLastModifiedTime(names.generation(), FileTime.from(now));
    }
}
