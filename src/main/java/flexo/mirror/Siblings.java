package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The other nodes of a site: each is asked for what it has in its cache, before any mirror is asked.
 *
 * <p>Only for files that never change under their names: what is current is for mirrors to say. Their health is their own,
 * since a node that answers says nothing about the line to the mirrors. Immutable.
 */
public final class Siblings {
    private final Set<Mirror> nodes;
    private final RankedMirrors ranked;

    /**
     * These nodes, asked in this order.
     *
     * @param health of the nodes alone
     */
    public Siblings(List<Mirror> nodes, MirrorHealth health, FileSizes sizes, Clock clock) {
        this.nodes = Set.copyOf(nodes);
        this.ranked = new RankedMirrors("the other nodes", health, sizes, clock);
        ranked.useAside(nodes);
    }

    boolean has(Mirror mirror) {
        return nodes.contains(mirror);
    }

    /** The next that may have the file, and has not failed a moment ago; empty if there is none. */
    Optional<MirrorLease> next(RepositoryPath path, Set<Mirror> excluded) {
        return path.hasVersion() ? ranked.promising(path, excluded) : Optional.empty();
    }

    Optional<MirrorLease> lease(RepositoryPath path, Mirror node) {
        return ranked.lease(path, node);
    }

    Optional<MirrorLease> again(RepositoryPath path, Mirror node) {
        return ranked.again(path, node);
    }
}
