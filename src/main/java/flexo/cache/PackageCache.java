package flexo.cache;

import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The cache directory, laid out like a mirror: {@code core/os/x86_64/core.db} has that very path below its root.
 *
 * <p>It is stateless, so files that are added or removed by hand count at once. A directory of the original Flexo is
 * taken over as it is: its {@code .cfs} files tell complete files from partial ones, which are resumed.
 */
public final class PackageCache {
    /** Where Pacoloco keeps packages, in its own cache directory. */
    public static final String PACOLOCO = "pkgs";

    private static final Logger LOG = Logger.getLogger(PackageCache.class.getName());

    /** A number and a newline. */
    private static final int MOST_SIZE_BYTES = 100;

    private final CacheRoot root;
    private final SpareMemory memory;

    /**
     * A cache in a directory that is not shared.
     *
     * @param root the directory; need not exist yet
     * @param memory the memory for files that the directory cannot take
     */
    public PackageCache(Path root, SpareMemory memory) {
        this(CacheRoot.alone(root), memory);
    }

    /** The same, with a quarter of the heap for files that the directory cannot take. */
    public PackageCache(Path root) {
        this(CacheRoot.alone(root));
    }

    /** A cache in a directory, with a quarter of the heap for files that it cannot take. */
    public PackageCache(CacheRoot root) {
        this(root, SpareMemory.ofThisProcess());
    }

    private PackageCache(CacheRoot root, SpareMemory memory) {
        this.root = root;
        this.memory = memory;
    }

    /** Its directory. */
    public Path root() {
        return root.directory();
    }

    /** The memory for files that the directory cannot take. */
    public SpareMemory memory() {
        return memory;
    }

    /**
     * Looks up a complete file.
     *
     * @return the entry; empty if it does not exist, is incomplete, is no regular file, or is unreadable for this
     *     process, such as a copy made by an administrator: it is then fetched and replaced
     */
    public Optional<CacheEntry> find(RepositoryPath path) {
        PartNames names = root.place(path);
        if (!root.isOurs()) {
            return Optional.empty();
        }
        try {
            if (names.leadsOut()) {
                return Optional.empty();
            }
            BasicFileAttributes attributes = Files.readAttributes(names.target(), BasicFileAttributes.class);
            if (!attributes.isRegularFile()
                    || attributes.size() == 0
                    || isPartialOfFlexo(names, attributes.size())
                    || !Files.isReadable(names.target())) {
                return Optional.empty();
            }
            Instant lastModified = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS);
            return Optional.of(new CacheEntry(names.target(), new ContentHead(attributes.size(), lastModified)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            // An unreadable file is fetched again, and perhaps replaced; clients need not know.
            LOG.log(Level.FINE, e, () -> names.target() + " cannot be read");
            return Optional.empty();
        }
    }

    /**
     * Whether the layout of the cache has room for a file at this path: it is no directory, and its parents are
     * directories or can be replaced by them.
     */
    public boolean hasRoomFor(RepositoryPath path) {
        Path target = root.place(path).target();
        if (Files.isDirectory(target)) {
            return false;
        }
        Path ancestor = target.getParent();
        while (!ancestor.equals(root.directory()) && !Files.exists(ancestor)) {
            ancestor = ancestor.getParent();
        }
        return ancestor.equals(root.directory()) || Files.isDirectory(ancestor) || PartNames.givesWay(ancestor);
    }

    /**
     * Removes a file and its signature.
     *
     * @param claim the claim on both
     * @param entry the file as it was found; a replacement is left alone
     * @return whether the file was removed
     * @throws IOException on a disk error
     */
    public boolean evict(OpenFiles.Claim claim, RepositoryPath path, CacheEntry entry) throws IOException {
        if (!find(path).equals(Optional.of(entry))) {
            return false;
        }
        PartNames names = root.place(path);
        // The file first: an orphaned signature is fetched again, while pacman fails on a file without its signature.
        return claim.delete(List.of(names.target(), names.flexoSize(), names.signature()));
    }

    /**
     * Takes a file over from the cache of Pacoloco, which keeps all of a repository in one directory, so that it is continued
     * as a part file to which nothing is missing: a mirror vouches for it, and it is proven like any other.
     *
     * @param sizeBytes what it must have
     * @throws IOException if it cannot be moved
     */
    public void takeOverFromPacoloco(RepositoryPath path, long sizeBytes) throws IOException {
        Path packages = root.directory().resolve(PACOLOCO);
        if (!Files.isDirectory(packages, LinkOption.NOFOLLOW_LINKS) || !root.isOurs()) {
            return;
        }
        PartNames names = root.names(path);
        try (DirectoryStream<Path> repositories = Files.newDirectoryStream(
                packages, directory -> Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS))) {
            for (Path repository : repositories) {
                Path file = repository.resolve(path.fileName());
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == sizeBytes) {
                    names.makeDirectory();
                    new PartPromise(sizeBytes, Optional.empty()).write(names.promise());
                    Files.move(file, names.part(), StandardCopyOption.ATOMIC_MOVE);
                    return;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /**
     * Opens what an earlier download of a file left.
     *
     * @return the part file; empty if there is none that can be continued
     * @throws IOException if the directory cannot be read
     */
    public Optional<Leftover> leftover(RepositoryPath path) throws IOException {
        if (!root.isOurs() || !isInside(root.place(path))) {
            return Optional.empty();
        }
        PartNames names = root.names(path);
        takeOverFromFlexo(names);
        if (!Files.exists(names.part())) {
            takeOverFromOthers(path, names);
        }
        Optional<PartPromise> promise = PartPromise.read(names.promise());
        if (promise.isEmpty() || !Files.isRegularFile(names.part())) {
            return Optional.empty();
        }
        long size = Math.min(Files.size(names.part()), promise.get().wholeUpTo().orElse(Long.MAX_VALUE));
        if (size == 0 || size > promise.get().lengthBytes()) {
            return Optional.empty();
        }
        return Optional.of(new Leftover(PartFile.open(names, promise.get()), size, promise.get()));
    }

    /**
     * Creates the part file of a download, replacing an existing one. Directories are created as needed.
     *
     * @param head the mirror's promise
     * @throws IOException on a disk error
     */
    public PartFile create(RepositoryPath path, ContentHead head) throws IOException {
        return PartFile.create(root.names(path), promise(path, head));
    }

    /** A part file outside the directory: {@link PartFile#hold} must come before its first byte. */
    public PartFile createElsewhere(RepositoryPath path) {
        return PartFile.nowhere(root.names(path, root.instance().tag()));
    }

    private static Optional<PartPromise> promise(RepositoryPath path, ContentHead head) {
        return path.kind().mutable() || !head.isLengthKnown() ? Optional.empty() : Optional.of(PartPromise.of(head));
    }

    /** Nothing is taken over through a link that leads elsewhere. */
    private static boolean isInside(PartNames names) throws IOException {
        return Files.isDirectory(names.directory()) && !names.directoryLeadsOut();
    }

    /** Takes over part files of instances that are gone, under our own name. */
    private void takeOverFromOthers(RepositoryPath path, PartNames names) throws IOException {
        for (String tag : root.instance().others()) {
            PartNames theirs = root.names(path, tag);
            if (!Files.isRegularFile(theirs.part(), LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            Optional<Instance.Estate> estate = root.instance().estate(tag);
            if (estate.isPresent()) {
                Instance.Estate held = estate.get();
                try (held) {
                    Files.move(theirs.promise(), names.promise(), StandardCopyOption.ATOMIC_MOVE);
                    Files.move(theirs.part(), names.part(), StandardCopyOption.ATOMIC_MOVE);
                } catch (NoSuchFileException e) {
                    LOG.log(Level.FINE, e, () -> "Nothing to be continued was left at " + theirs.part());
                }
                return;
            }
        }
    }

    /** Whether we may touch a file beside another while no user here uses that. */
    public boolean isOurs(SidecarName sidecar) {
        return sidecar.kind() == SidecarName.Kind.FLEXO_SIZE || root.instance().isOurs(sidecar.tag());
    }

    /**
     * Applies an action to a file of another instance, unless that may be alive.
     *
     * @return whether it was applied
     */
    public boolean withLeftoverOf(SidecarName sidecar, Deed deed) throws IOException {
        Optional<Instance.Estate> estate = root.instance().estate(sidecar.tag());
        if (estate.isEmpty()) {
            return false;
        }
        Instance.Estate held = estate.get();
        try (held) {
            return deed.does();
        }
    }

    /** An action on files. */
    @FunctionalInterface
    public interface Deed {
        /** Performs it; returns whether it was done. */
        boolean does() throws IOException;
    }

    /**
     * Opens a file that was found.
     *
     * @return empty if the directory is shared, and the file was removed or replaced since it was found
     */
    public Optional<Content> open(CacheEntry entry) {
        if (!root.instance().isShared()) {
            return Optional.of(entry.open());
        }
        try {
            PinnedContent content = PinnedContent.open(entry.file(), "cache");
            if (content.head().equals(entry.head())) {
                return Optional.of(content);
            }
            content.close();
        } catch (IOException e) {
            LOG.log(Level.FINE, e, () -> entry.file() + " cannot be opened any more");
        }
        return Optional.empty();
    }

    /**
     * The original Flexo kept partial files under their final names; the size in the sidecar tells. An unreadable one
     * proves nothing.
     */
    private static boolean isPartialOfFlexo(PartNames names, long size) throws IOException {
        return Files.exists(names.flexoSize()) && flexoSize(names) != size;
    }

    private static void takeOverFromFlexo(PartNames names) throws IOException {
        if (!Files.isRegularFile(names.target()) || !Files.exists(names.flexoSize())) {
            return;
        }
        long whole = flexoSize(names);
        long size = Files.size(names.target());
        if (size == whole) {
            return;
        }
        names.deleteParts();
        if (size > 0 && size < whole) {
            new PartPromise(whole, Optional.empty()).write(names.promise());
            Files.move(names.target(), names.part(), StandardCopyOption.ATOMIC_MOVE);
            LOG.log(Level.INFO, "{0}: took over {1} of {2} bytes from Flexo; the rest will be fetched", new Object[] {
                names.target(), size, whole
            });
        } else {
            Files.delete(names.target());
            LOG.log(
                    Level.WARNING,
                    "{0}: removed, its size does not fit what Flexo noted; it will be fetched again",
                    names.target());
        }
        Files.delete(names.flexoSize());
    }

    /** Reads a sidecar of the original Flexo: the decimal size and a newline; -1 for any other contents. */
    private static long flexoSize(PartNames names) throws IOException {
        try {
            return Long.parseLong(SmallFile.readText(names.flexoSize(), MOST_SIZE_BYTES)
                    .orElse("")
                    .strip());
        } catch (NumberFormatException | CharacterCodingException e) {
            return -1;
        }
    }
}
