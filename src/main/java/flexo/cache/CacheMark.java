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
 * The mark of a directory that is a package cache of ours: a hidden directory in it. Without it nothing is served from there,
 * put there or removed.
 *
 * <p>An empty directory gets it, and one that holds nothing but what package caches hold: those of earlier versions, of Flexo,
 * of Pacoloco and of pacman, and copies of mirrors. All others are somebody else's until he makes the mark himself.
 */
public final class CacheMark {
    private static final Logger LOG = Logger.getLogger(CacheMark.class.getName());

    /** Its name, and that of a directory for what concerns all who use the cache. */
    public static final String NAME = ".flexo-cache";

    private static final String README = "README";
    private static final String TEXT = """
            The directory above is the package cache of Flexo: it serves what is in it to its clients, and removes what is old.
            Without this directory it does neither.
            """;

    /** So deep a directory is searched for a file of a package cache, and so many entries of it are looked at. */
    private static final int DEPTH = 6;

    private static final int LOOKS = 5000;

    /** Directories of mirrors and caches in which there need be no package. */
    private static final Set<String> MIRRORS_DIRECTORIES = Set.of(
            "archive", "custom_repo", "images", "iso", "lost+found", "pkg", "pkgs", "pool", "repo", "state", "wsl");

    /** Our own notes before they had a directory of their own; packages; what Flexo and ourselves put beside files. */
    private static final Pattern OF_A_CACHE =
            Pattern.compile("\\.databases|\\.last-uses|\\.prefetch|\\.scrub|\\..+\\.(cfs|part|head|generation|next)"
                    + "|.+\\.pkg\\.tar(\\.[a-zA-Z0-9]+)?(\\.sig|\\.part)?");
    /** What lies beside packages, and proves nothing: of mirrors, pacman, Pacoloco, and snapshots. */
    private static final Pattern BESIDE_PACKAGES = Pattern.compile(
            "lastsync|lastupdate|.+\\.(db|files)(\\.tar(\\.[a-z0-9]+)?)?(\\.sig)?"
                    + "|.+\\.iso(\\.sig|\\.torrent)?|(b2|md5|sha1|sha256)sums\\.txt|download-\\w+|sqlite-pkg-cache\\.db|\\.snapshots|\\.zfs");

    private final Path root;
    private final boolean needed;
    /** It is not judged again once it was ours. */
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

    /** Where it lies. */
    public Path path() {
        return root.resolve(NAME);
    }

    /** Whether the directory is ours; it is marked if it may become so. */
    boolean isOurs() {
        try {
            return ours || claim().isEmpty();
        } catch (IOException e) {
            // It cannot be looked at, so nothing can be found in it.
            return false;
        }
    }

    /**
     * Makes sure that files may be put into the directory, which is made if it is not there.
     *
     * @throws IOException if it is not ours, or cannot be made
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
     * Looks whether the directory may become ours, and changes nothing.
     *
     * @return an entry that shows that it is somebody else's; empty if it is ours, marked or not
     * @throws IOException if the directory is not there or cannot be looked at
     */
    public Optional<String> foreign() throws IOException {
        return Files.isDirectory(path(), LinkOption.NOFOLLOW_LINKS) ? Optional.empty() : foreignEntry();
    }

    /**
     * Marks the directory, unless it holds what no package cache does.
     *
     * @return an entry that shows that it is somebody else's; empty if it is ours, marked or not, as where we may only read
     * @throws IOException if the directory is not there or cannot be looked at
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

    /** A directory of a repository has one file of a package cache at least, or nothing at all. */
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

    /** As in {@code core/os/x86_64/core.db}; other programs have files with that suffix, too. */
    private static boolean isDatabaseOfARepository(Path directory, String name) {
        return FileKind.of(name) == FileKind.DATABASE && directory.getParent().endsWith("os");
    }
}
