package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Routes each path to its upstream.
 *
 * <p>{@code custom_repo/{name}/…} is of the unofficial repository of that name, {@code archive/…} of the archive, and
 * whatever else of the official mirrors. The other nodes come before all of them, and what every official mirror lacks may
 * be in the package pool. Nobody else is ever asked. Safe for threads; the unofficial repositories are each replaced by one assignment.
 */
public final class Upstreams implements MirrorSelector, PeerRates {
    /** The first segment of the paths of all unofficial repositories. */
    public static final String CUSTOM_DIRECTORY = "custom_repo";

    /** The number of path segments that identify an unofficial repository. */
    public static final int CUSTOM_SEGMENTS = 2;
    /** The number of path segments that identify the archive. */
    public static final int ARCHIVE_SEGMENTS = 1;

    private final Upstream official;
    private volatile Upstream archive;
    private volatile Optional<PackagePool> pool;
    /** By name. */
    private volatile Map<String, Upstream> custom = Map.of();

    private volatile Optional<Siblings> siblings = Optional.empty();

    /**
     * These, and neither unofficial repositories nor other nodes.
     *
     * @param pool empty for none
     */
    public Upstreams(Upstream official, Upstream archive, Optional<PackagePool> pool) {
        this.official = official;
        this.archive = archive;
        this.pool = pool;
    }

    /** Replaces the archive and the pool. */
    public void useArchive(Upstream nextArchive, Optional<PackagePool> nextPool) {
        Upstream former = archive;
        archive = nextArchive;
        pool = nextPool;
        former.mirrors().retire();
    }

    /**
     * Replaces all unofficial repositories.
     *
     * @param repositories by name
     */
    public void useCustom(Map<String, Upstream> repositories) {
        custom = Map.copyOf(repositories);
    }

    /**
     * From now on asks these nodes first.
     *
     * @param next empty if there are no others
     */
    public void useSiblings(Optional<Siblings> next) {
        siblings = next;
    }

    /** Empty for an unofficial repository that there is not. May be another one the next time. */
    private Optional<Upstream> of(RepositoryPath path) {
        if (path.isBelow(CUSTOM_DIRECTORY)) {
            List<String> segments = path.segments();
            return segments.size() <= CUSTOM_SEGMENTS
                    ? Optional.empty()
                    : Optional.ofNullable(custom.get(segments.get(1)));
        }
        return Optional.of(path.isBelow(Archive.DIRECTORY) ? archive : official);
    }

    @Override
    public boolean serves(RepositoryPath path) {
        return of(path).isPresent();
    }

    /** A mirror test may change the official mirrors, which all carry the same files. */
    @Override
    public Set<Mirror> named(RepositoryPath path) {
        return path.isBelow(CUSTOM_DIRECTORY)
                ? of(path).map(upstream -> upstream.mirrors().all()).orElse(Set.of())
                : Set.of();
    }

    @Override
    public void prepare(RepositoryPath path) {
        of(path).ifPresent(upstream -> upstream.selector().prepare(path));
    }

    @Override
    public Optional<MirrorLease> next(RepositoryPath path, Set<Mirror> excluded) {
        Optional<Upstream> upstream = of(path);
        return siblings.filter(nodes -> upstream.isPresent())
                .flatMap(nodes -> nodes.next(path, excluded))
                .or(() -> upstream.flatMap(it -> it.selector().next(path, excluded)));
    }

    @Override
    public Optional<MirrorLease> lease(RepositoryPath path, Mirror mirror) {
        Optional<Siblings> itsNodes = siblingsWith(mirror);
        if (itsNodes.isPresent()) {
            return itsNodes.get().lease(path, mirror);
        }
        Optional<PackagePool> itsPool = pool.filter(packages -> packages.is(mirror));
        return itsPool.isPresent()
                ? itsPool.flatMap(packages -> packages.lease(path))
                : of(path).flatMap(upstream -> upstream.selector().lease(path, mirror));
    }

    @Override
    public Optional<MirrorLease> idle(RepositoryPath path, Set<Mirror> excluded) {
        return of(path).flatMap(upstream -> upstream.mirrors().idle(path, excluded));
    }

    @Override
    public Optional<MirrorLease> lastResort(RepositoryPath path) {
        return of(path).equals(Optional.of(official))
                ? pool.flatMap(packages -> packages.lease(path))
                : Optional.empty();
    }

    @Override
    public boolean isSibling(Mirror mirror) {
        return siblingsWith(mirror).isPresent();
    }

    private Optional<Siblings> siblingsWith(Mirror mirror) {
        return siblings.filter(nodes -> nodes.has(mirror));
    }

    @Override
    public Optional<MirrorLease> again(RepositoryPath path, Mirror mirror) {
        Optional<Siblings> itsNodes = siblingsWith(mirror);
        if (itsNodes.isPresent()) {
            return itsNodes.get().again(path, mirror);
        }
        return of(path).flatMap(upstream -> upstream.selector().again(path, mirror));
    }

    @Override
    public Optional<Rest> rest(RepositoryPath path) {
        return of(path).flatMap(upstream -> upstream.selector().rest(path));
    }

    /**
     * Other nodes know a file by its whole path. The path of a repository that was removed is
     * used unchanged; the request will fail.
     */
    @Override
    public URI uri(RepositoryPath path, Mirror mirror) {
        if (isSibling(mirror)) {
            return mirror.uri(path);
        }
        return pool.filter(packages -> packages.is(mirror))
                .map(packages -> packages.uri(path))
                .or(() -> of(path).map(upstream -> upstream.uri(path, mirror)))
                .orElseGet(() -> mirror.uri(path));
    }

    @Override
    public void ranOutOfTime(RepositoryPath path) {
        of(path).ifPresent(upstream -> upstream.selector().ranOutOfTime(path));
    }

    @Override
    public List<Double> ratesOfOthers(RepositoryPath path, Mirror mirror) {
        return of(path).map(upstream -> upstream.mirrors().ratesOfOthers(path, mirror))
                .orElse(List.of());
    }
}
