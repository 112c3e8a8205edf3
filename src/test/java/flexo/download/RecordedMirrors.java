package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import flexo.mirror.MirrorSelector;
import flexo.mirror.Rest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Mirrors {@code m1}, {@code m2}, … in this order, and all that is reported about them. */
public final class RecordedMirrors implements MirrorSelector {
    private final List<Mirror> mirrors;
    private final List<Lease> leases = new ArrayList<>();
    private Optional<Mirror> lastResort = Optional.empty();
    private List<Mirror> siblings = List.of();
    private Set<Mirror> named = Set.of();
    /** Thrown by the next choice instead of making it; null normally. */
    private RuntimeException broken;

    public RecordedMirrors(int count) {
        mirrors = IntStream.rangeClosed(1, count)
                .mapToObj(number -> Mirror.of("http://m" + number + ".example/"))
                .toList();
    }

    /** From now on {@code n1}, {@code n2}, … are other nodes, which come first. */
    public void haveSiblings(int count) {
        siblings = IntStream.rangeClosed(1, count)
                .mapToObj(number -> Mirror.of("http://n" + number + ".example/"))
                .toList();
    }

    @Override
    public boolean isSibling(Mirror mirror) {
        return siblings.contains(mirror);
    }

    /** From now on the settings name these. */
    public void name(Mirror... all) {
        named = Set.of(all);
    }

    @Override
    public Set<Mirror> named(RepositoryPath path) {
        return named;
    }

    /** A lease, and what was reported to it, in words. */
    public static final class Lease implements MirrorLease {
        private final Mirror mirror;
        private final List<String> reports = new ArrayList<>();

        private Lease(Mirror mirror) {
            this.mirror = mirror;
        }

        public List<String> reports() {
            return reports;
        }

        @Override
        public Mirror mirror() {
            return mirror;
        }

        @Override
        public void firstByte(Duration latency) {
            reports.add("first byte after " + latency.toMillis() + " ms");
        }

        @Override
        public void delivered(long bytes, Duration elapsed) {
            reports.add("delivered " + bytes + " bytes in " + elapsed.toMillis() + " ms");
        }

        @Override
        public void wantsRest(Rest rest) {
            reports.add("wants rest for " + rest.left().toSeconds() + " s");
        }

        @Override
        public void failed(MirrorFailure failure) {
            reports.add("failed " + failure);
        }

        @Override
        public void close() {
            reports.add("closed");
        }
    }

    /** Has a last resort, at {@code pool.example}. */
    public void haveLastResort() {
        lastResort = Optional.of(Mirror.of("http://pool.example/"));
    }

    @Override
    public Optional<MirrorLease> lastResort(RepositoryPath path) {
        Optional<Lease> lease = lastResort.map(Lease::new);
        lease.ifPresent(leases::add);
        return lease.map(MirrorLease.class::cast);
    }

    public void breakNextChoice(RuntimeException with) {
        broken = with;
    }

    @Override
    public Optional<MirrorLease> next(RepositoryPath path, Set<Mirror> excluded) {
        if (broken != null) {
            RuntimeException once = broken;
            broken = null;
            throw once;
        }
        Optional<Lease> lease = Stream.concat(siblings.stream(), mirrors.stream())
                .filter(mirror -> !excluded.contains(mirror))
                .findFirst()
                .map(Lease::new);
        lease.ifPresent(leases::add);
        return lease.map(MirrorLease.class::cast);
    }

    @Override
    public Optional<MirrorLease> idle(RepositoryPath path, Set<Mirror> excluded) {
        Set<Mirror> left = new HashSet<>(excluded);
        leases.stream()
                .filter(lease -> !lease.reports.contains("closed"))
                .map(Lease::mirror)
                .forEach(left::add);
        return next(path, left);
    }

    @Override
    public Optional<MirrorLease> lease(RepositoryPath path, Mirror mirror) {
        Lease lease = new Lease(mirror);
        leases.add(lease);
        return Optional.of(lease);
    }

    /** The leases so far, in order. */
    public List<Lease> leases() {
        return leases;
    }

    /** What was reported about the mirror that was chosen as the n-th, counted from 1. */
    public List<String> reports(int nth) {
        return leases.get(nth - 1).reports();
    }
}
