package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Mirrors in the order given, with nothing learned from their use. */
final class FixedOrder implements MirrorSelector {

    private final List<Mirror> mirrors;

    FixedOrder(List<Mirror> mirrors) {
        this.mirrors = List.copyOf(mirrors);
    }

    @Override
    public Optional<MirrorLease> next(RepositoryPath path, Set<Mirror> excluded) {
        return mirrors.stream()
                .filter(mirror -> !excluded.contains(mirror))
                .findFirst()
                .map(UncountedLease::new);
    }

    private record UncountedLease(Mirror mirror) implements MirrorLease {

        @Override
        public void firstByte(Duration latency) {}

        @Override
        public void delivered(long bytes, Duration elapsed) {}

        @Override
        public void failed(MirrorFailure failure) {}

        @Override
        public void close() {}
    }
}
