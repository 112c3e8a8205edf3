package flexo.retention;

import flexo.alpm.RepositoryPath;
import flexo.cache.OpenFiles;
import flexo.cache.OpenFiles.Claim;
import flexo.cache.PackageCache;
import flexo.cache.SidecarName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Removes files. Each removal is claimed first, so that no file in use goes; it is logged and counted. One thread at a
 * time, except for {@link #removed}.
 */
final class Deletion {
    private static final Logger LOG = Logger.getLogger(RetentionSweep.class.getName());

    private final PackageCache cache;
    private final LastUses uses;
    private final OpenFiles openFiles;
    private final Complaints complaints;
    private final RemovalCounts removed = new RemovalCounts();

    /**
     * Nothing is removed yet.
     *
     * @param cache removes the files
     * @param uses forgets removed files
     * @param openFiles grants the claims
     * @param complaints logs files that cannot be removed
     */
    Deletion(PackageCache cache, LastUses uses, OpenFiles openFiles, Complaints complaints) {
        this.cache = cache;
        this.uses = uses;
        this.openFiles = openFiles;
        this.complaints = complaints;
    }

    /** The removals since the start. */
    RemovalCounts removed() {
        return removed;
    }

    /**
     * Removes files that belong together, unless one is in use, or the first was replaced.
     *
     * @return whether the first existed and is now gone
     */
    boolean delete(FileGroup group, Removal removal) {
        List<RepositoryPath> paths = removal.names().stream()
                .map(group::target)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        Optional<Claim> claim = openFiles.claim(paths);
        if (claim.isEmpty()) {
            return false;
        }
        boolean gone;
        try (Claim mine = claim.get()) {
            gone = delete(mine, group, removal);
        }
        if (gone) {
            removed.add(removal.reason(), removal.bytes());
            LOG.log(Level.INFO, "{0}: removed, since {1}; {2} bytes are free again", new Object[] {
                group.directory().resolve(removal.names().get(0)),
                removal.reason().text(),
                removal.bytes()
            });
        }
        return gone;
    }

    private boolean delete(Claim claim, FileGroup group, Removal removal) {
        String first = removal.names().get(0);
        boolean gone = false;
        try {
            Optional<SidecarName> others = SidecarName.parse(first).filter(sidecar -> !cache.isOurs(sidecar));
            gone = others.isPresent()
                    ? cache.withLeftoverOf(others.get(), () -> deleteUnchanged(claim, group, removal))
                    : deleteUnchanged(claim, group, removal);
        } catch (IOException e) {
            complaints.tell(group.place(), "has files that cannot be removed", e);
            gone = Files.notExists(group.directory().resolve(first), LinkOption.NOFOLLOW_LINKS);
        }
        if (gone && first.equals(removal.path().fileName())) {
            uses.forget(removal.path());
        }
        return gone;
    }

    private static boolean deleteUnchanged(Claim claim, FileGroup group, Removal removal) throws IOException {
        return group.isUnchanged(removal.names().get(0))
                && claim.delete(
                        removal.names().stream().map(group.directory()::resolve).toList());
    }
}
