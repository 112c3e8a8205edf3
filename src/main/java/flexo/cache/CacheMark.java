package flexo.cache;

import flexo.alpm.FileKind;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * The mark of a package cache of ours: a hidden directory in it. Without the mark nothing in the cache directory is
 * served, written or removed.
 *
 * <p>A directory gets the mark if it is empty, or contains only files of package caches: those of earlier versions, of
 * the original Flexo, of Pacoloco and of pacman, and copies of mirrors. Any other belongs to somebody else until the
 * owner creates the mark.
 */
public final class CacheMark {
    private static final Logger LOG = Logger.getLogger(CacheMark.class.getName());

    /** Its name, also that of a directory for state shared by all instances. */
    public static final String NAME = ".flexo-cache";

    private static final String README = "README";
    private static final String TEXT = """
            The directory above is the package cache of Flexo: it serves what is in it to its clients, and removes what is old.
            Without this directory it does neither.
            """;

    /** The limits of depth and entries when a directory is searched for a file of a package cache. */
    private static final int DEPTH = 6;

    private static final int LOOKS = 5000;

    /** Directories of mirrors and caches that need not contain a package. */
    private static final Set<String> MIRRORS_DIRECTORIES = Set.of(
            "archive", "custom_repo", "images", "iso", "lost+found", "pkg", "pkgs", "pool", "repo", "state", "wsl");

    /** Our own notes before they had a directory of their own; packages; notes beside files. */
    private static final Pattern OF_A_CACHE =
            Pattern.compile("\\.databases|\\.last-uses|\\.prefetch|\\.scrub|\\..+\\.(cfs|part|head|generation|next)"
                    + "|.+\\.pkg\\.tar(\\.[a-zA-Z0-9]+)?(\\.sig|\\.part)?");
    /** Files of mirrors, pacman, Pacoloco, and snapshots that lie beside packages, and prove nothing. */
    private static final Pattern BESIDE_PACKAGES = Pattern.compile(
            "lastsync|lastupdate|.+\\.(db|files)(\\.tar(\\.[a-z0-9]+)?)?(\\.sig)?"
                    + "|.+\\.iso(\\.sig|\\.torrent)?|(b2|md5|sha1|sha256)sums\\.txt|download-\\w+|sqlite-pkg-cache\\.db|\\.snapshots|\\.zfs");

    private final Path root;
    private final boolean needed;
    /** Once true, the directory is not examined again. */
    private volatile boolean ours;

    /** The mark of a cache directory, which need not exist. */
    public CacheMark(Path root) {
        this(root, true);
    }

    private CacheMark(Path root, boolean needed) {
        this.root = root;
        this.needed = needed;
        this.ours = !needed;
    }

    /** A directory that needs no mark. */
    static CacheMark unneeded(Path root) {
        return new CacheMark(root, false);
    }

    /** The path of the mark. */
    public Path path() {
        return root.resolve(NAME);
    }

    /** Whether the directory is ours; marks it if it qualifies. */
    boolean isOurs() {
        try {
            return ours || claim().isEmpty();
        } catch (IOException e) {
            // It cannot be searched, so nothing can be found in it.
            return false;
        }
    }

    /**
     * Ensures that files may be written to the directory, and creates it if it does not exist.
     *
     * @throws IOException if it is not ours, or cannot be created
     */
    void demand() throws IOException {
        if (needed) {
            Files.createDirectories(root);
            Optional<String> foreign = claim();
            if (foreign.isPresent()) {
                throw new IOException(root + " is no package cache, it holds '" + foreign.get() + "'");
            }
        }
    }

    /**
     * Checks whether the directory qualifies, without changing it.
     *
     * @return an entry that shows that it is somebody else's; empty if it is ours, marked or not
     * @throws IOException if the directory does not exist or cannot be searched
     */
    public Optional<String> foreign() throws IOException {
        return Files.isDirectory(path(), LinkOption.NOFOLLOW_LINKS) ? Optional.empty() : foreignEntry();
    }

    /**
     * Marks the directory, if it qualifies.
     *
     * @return an entry that shows that it is somebody else's; empty if it is ours, marked or not, such as a read-only
     *     one
     * @throws IOException if the directory does not exist or cannot be searched
     */
    public Optional<String> claim() throws IOException {
        if (Files.isDirectory(path(), LinkOption.NOFOLLOW_LINKS)) {
            ours = true;
            return Optional.empty();
        }
        Optional<String> foreign = ours ? Optional.empty() : foreignEntry();
        if (foreign.isEmpty()) {
            ours = true;
            put();
        }
        return foreign;
    }

    private void put() {
        try {
            Files.createDirectory(path());
            Files.writeString(path().resolve(README), TEXT);
        } catch (IOException e) {
            LOG.log(Level.FINE, e, () -> root + " may only be read, or another process was faster");
        }
    }

    private Optional<String> foreignEntry() throws IOException {
        Optional<String> unclear = Optional.empty();
        boolean packages = false;
        int[] looksLeft = {LOOKS};
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                switch (holdingAtTheTop(entry, name, looksLeft)) {
                    case NOTHING -> {}
                    case PACKAGES -> packages = true;
                    case UNCLEAR -> unclear = Optional.of(name);
                    case OTHERS -> {
                        return Optional.of(name);
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return packages ? Optional.empty() : unclear;
    }

    private enum Holding {
        NOTHING,
        PACKAGES,
        UNCLEAR,
        OTHERS
    }

    private static Holding holdingAtTheTop(Path entry, String name, int[] looksLeft) throws IOException {
        if (OF_A_CACHE.matcher(name).matches()) {
            return Holding.PACKAGES;
        }
        if (BESIDE_PACKAGES.matcher(name).matches()) {
            return Holding.UNCLEAR;
        }
        if (name.startsWith(".") || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            return Holding.OTHERS;
        }
        Holding found = holding(entry, DEPTH, looksLeft);
        return found == Holding.OTHERS && MIRRORS_DIRECTORIES.contains(name) ? Holding.UNCLEAR : found;
    }

    /** The directory of a repository contains at least one file of a package cache, or nothing at all. */
    private static Holding holding(Path directory, int depth, int[] looksLeft) throws IOException {
        Holding found = Holding.NOTHING;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                looksLeft[0]--;
                String name = entry.getFileName().toString();
                Holding here = Holding.OTHERS;
                if (OF_A_CACHE.matcher(name).matches() || isDatabaseOfARepository(directory, name)) {
                    here = Holding.PACKAGES;
                } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && depth > 0 && looksLeft[0] > 0) {
                    here = holding(entry, depth - 1, looksLeft);
                }
                if (here == Holding.PACKAGES) {
                    return here;
                }
                found = here == Holding.NOTHING ? found : here;
            }
        } catch (NoSuchFileException e) {
            // Removed meanwhile.
            return found;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    /** As in {@code core/os/x86_64/core.db}; other programs use that suffix, too. */
    private static boolean isDatabaseOfARepository(Path directory, String name) {
        return FileKind.of(name) == FileKind.DATABASE && directory.getParent().endsWith("os");
    }
}
