package flexo.mirror;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * The ranked mirrors of one upstream, and the choice among them by knowledge from their use.
 *
 * <p>The ranking is replaced by one reference assignment; running transfers keep their leases, and their reports still
 * count. Thread-safe: {@code choosing} makes the choice of a mirror and the count of its uses atomic, so that downloads
 * that start together spread; it also guards the knowledge about databases. The lock of {@link MirrorHealth} is taken
 * inside it, never the other way round, and nothing is logged while it is held.
 */
public final class RankedMirrors implements MirrorSelector, PeerRates {

    private static final Logger LOG = Logger.getLogger(RankedMirrors.class.getName());

    /** The assumed size of a package of unknown size. */
    private static final long TYPICAL_PACKAGE_BYTES = 2 << 20;

    private static final long TYPICAL_SIGNATURE_BYTES = 600;

    /** The time for which a mirror that delivered an old database is ranked behind the others for databases. */
    static final Duration BEHIND_FOR = Duration.ofHours(1);

    private final MirrorHealth health;
    private final FileSizes sizes;
    private final Clock clock;
    /** The owner of these mirrors, for people; empty for the official ones. */
    private final String whose;

    private volatile Ranked ranked = new Ranked(MirrorRanking.AS_GIVEN, List.of());
    private volatile MirrorsOrder order = MirrorsOrder.SPREAD;
    /** Whether these are asked beside the mirrors. */
    private volatile boolean aside;
    /** Where they are listed; null if they change in no such way. */
    private volatile MirrorlistFile list;

    private volatile ByHand byHand = ByHand.NOTHING;

    private final Object choosing = new Object();
    /** The mirror that delivered the last database; null before the first. Guarded by {@code choosing}. */
    private Mirror lastGeneration;
    /** The end of the time for which a mirror counts as lagging. Guarded by {@code choosing}. */
    private final Map<Mirror, Instant> behindUntil = new HashMap<>();
    /** The primary mirror that was logged last; null before the first. Guarded by {@code choosing}. */
    private Mirror announced;

    /** One mirror of the ranking; the latency is null if unknown. */
    private record Candidate(Mirror mirror, Duration latency, boolean stale) {}

    private record Ranked(MirrorRanking ranking, List<Candidate> candidates) {}

    /** The official mirrors. Empty until the first ranking is set. */
    public RankedMirrors(MirrorHealth health, FileSizes sizes, Clock clock) {
        this("", health, sizes, clock);
    }

    /**
     * The mirrors of another upstream; empty at first.
     *
     * @param whose its name for people: after "of"
     */
    public RankedMirrors(String whose, MirrorHealth health, FileSizes sizes, Clock clock) {
        this.whose = whose;
        this.health = health;
        this.sizes = sizes;
        this.clock = clock;
    }

    /** Switches to the mirrors of a test, ranked by measurement and use. */
    public void useMeasured(MirrorTestResults results) {
        list = null;
        Set<Mirror> stale = results.stale();
        results.mirrors().stream()
                .filter(result -> result.bytesPerSecond() > 0)
                .forEach(result -> health.remember(result.mirror(), result.bytesPerSecond()));
        replace(new Ranked(
                MirrorRanking.MEASURED,
                results.mirrors().stream()
                        .map(result ->
                                new Candidate(result.mirror(), result.latency(), stale.contains(result.mirror())))
                        .toList()));
    }

    /** Applies the decisions of an administrator. */
    void use(ByHand next) {
        byHand = next;
        watch(ranked);
        announcePrimary();
    }

    ByHand byHand() {
        return byHand;
    }

    /** Sets the first criterion; the default is {@link MirrorsOrder#SPREAD}. */
    public void order(MirrorsOrder next) {
        order = next;
    }

    /** Switches to these mirrors, in this order or the least busy first. */
    public void useInOrder(List<Mirror> mirrors) {
        list = null;
        replaceInOrder(mirrors);
    }

    /** Switches to a mirrorlist, which is reloaded if it has changed when a download begins. Reads the list. */
    public void useList(MirrorlistFile file) {
        list = file;
        replaceInOrder(file.changed().orElse(List.of()));
    }

    /** All mirrors that may be chosen. */
    Set<Mirror> all() {
        return ranked.candidates().stream().map(Candidate::mirror).collect(Collectors.toSet());
    }

    @Override
    public void prepare(RepositoryPath path) {
        MirrorlistFile file = list;
        if (file != null) {
            file.changed().ifPresent(this::replaceInOrder);
        }
    }

    private void replaceInOrder(List<Mirror> mirrors) {
        replace(inOrder(mirrors));
    }

    private static Ranked inOrder(List<Mirror> mirrors) {
        return new Ranked(
                MirrorRanking.AS_GIVEN,
                new LinkedHashSet<>(mirrors)
                        .stream()
                                .map(mirror -> new Candidate(mirror, null, false))
                                .toList());
    }

    /**
     * From now on has these, which are asked beside the mirrors: unlike those, they are left alone when all of them have
     * failed, and none of them is primary.
     */
    void useAside(List<Mirror> others) {
        aside = true;
        ranked = inOrder(others);
    }

    /** Ends the use of these mirrors. */
    public void retire() {
        health.forget(this);
    }

    /** Test results with the knowledge from use added, to be stored. */
    public MirrorTestResults withLearned(MirrorTestResults results) {
        return results.with(result -> {
            MirrorUse use = health.use(result.mirror());
            return result.learned(use.bytesPerSecond(), use.failureCount());
        });
    }

    /** Whether there is no mirror to choose from. */
    public boolean isEmpty() {
        return ranked.candidates().isEmpty();
    }

    /** All mirrors that do not rest after failures, the best first. */
    public List<Mirror> notLeftAlone() {
        return ranked.candidates().stream()
                .map(Candidate::mirror)
                .filter(mirror -> health.use(mirror).standing() != Standing.LEFT_ALONE)
                .filter(mirror -> byHand.mayBeAsked(mirror, clock.instant()))
                .toList();
    }

    /** All mirrors for people, by rank. */
    List<MirrorView> views() {
        Instant now = clock.instant();
        ByHand orders = byHand;
        Ranked current = ranked;
        Optional<Mirror> next = nextForPackages(current, orders).map(RankedMirror::mirror);
        Map<Mirror, Instant> behind;
        synchronized (choosing) {
            behind = Map.copyOf(behindUntil);
        }
        List<MirrorView> views = new ArrayList<>();
        for (Candidate candidate : current.candidates()) {
            Mirror mirror = candidate.mirror();
            MirrorUse use = health.use(mirror);
            Optional<Instant> rests = orders.rests(mirror, now);
            Optional<Instant> wantsRest =
                    health.rest(mirror).map(rest -> now.plus(rest.left()).truncatedTo(ChronoUnit.SECONDS));
            MirrorView.State state = state(orders.isBanned(mirror), rests.isPresent(), wantsRest.isPresent(), use);
            views.add(new MirrorView(
                    mirror,
                    views.size() + 1,
                    Optional.ofNullable(candidate.latency() != null ? candidate.latency() : use.latency()),
                    use.bytesPerSecond(),
                    candidate.stale() || now.isBefore(behind.getOrDefault(mirror, Instant.MIN)),
                    state,
                    switch (state) {
                        case RESTED -> rests;
                        case WANTS_REST -> wantsRest;
                        case LEFT_ALONE -> health.leftAloneUntil(mirror);
                        case USED, ON_TRIAL, BANNED -> Optional.empty();
                    },
                    use.inUse(),
                    use.usages(),
                    use.failures(),
                    orders.isPinned(mirror),
                    next.equals(Optional.of(mirror))));
        }
        return views;
    }

    private static MirrorView.State state(boolean banned, boolean rested, boolean wantsRest, MirrorUse use) {
        if (banned) {
            return MirrorView.State.BANNED;
        }
        if (rested || wantsRest) {
            return rested ? MirrorView.State.RESTED : MirrorView.State.WANTS_REST;
        }
        return switch (use.standing()) {
            case HEALTHY -> MirrorView.State.USED;
            case ON_TRIAL -> MirrorView.State.ON_TRIAL;
            case LEFT_ALONE -> MirrorView.State.LEFT_ALONE;
        };
    }

    private Optional<RankedMirror> nextForPackages(Ranked current, ByHand orders) {
        Instant now = clock.instant();
        Map<Mirror, Instant> behind;
        synchronized (choosing) {
            behind = Map.copyOf(behindUntil);
        }
        List<RankedMirror> standings = new ArrayList<>();
        for (int rank = 0; rank < current.candidates().size(); rank++) {
            Candidate candidate = current.candidates().get(rank);
            if (orders.mayBeAsked(candidate.mirror(), now)
                    && health.rest(candidate.mirror()).isEmpty()) {
                standings.add(standing(candidate, rank, now, behind, false));
            }
        }
        return pinnedFirst(current.ranking().forPackages(standings, TYPICAL_PACKAGE_BYTES, order), orders).stream()
                .findFirst();
    }

    /** The reason for the choice of the next mirror, for people. */
    String whyNext() {
        Ranked current = ranked;
        ByHand orders = byHand;
        Optional<RankedMirror> next = nextForPackages(current, orders);
        if (next.isEmpty()) {
            return "No mirror may be asked.";
        }
        if (next.get().leftAlone()) {
            return "All mirrors have failed; this one is asked first nevertheless.";
        }
        if (orders.isPinned(next.get().mirror())) {
            return "It is pinned.";
        }
        String among = order == MirrorsOrder.SPREAD ? "Of the mirrors with the fewest transfers it " : "It ";
        return among
                + (current.ranking() == MirrorRanking.MEASURED
                        ? "should deliver a package of 2 MiB first, by its latency and speed."
                        : "is the first of those that work, in the order that was given.");
    }

    /** Notes that a mirror did not answer a probe. */
    void silent(Mirror mirror) {
        health.silent(mirror);
        announcePrimary();
    }

    @Override
    public Optional<MirrorLease> next(RepositoryPath path, Set<Mirror> excluded) {
        long sizeBytes = size(path);
        synchronized (choosing) {
            Ranked current = ranked;
            List<RankedMirror> left = standings(current, path, excluded);
            List<RankedMirror> candidates = path.kind().mutable()
                    ? current.ranking().forDatabases(left, lastGeneration)
                    : current.ranking().forPackages(left, sizeBytes, order);
            return pinnedFirst(candidates, byHand).stream()
                    .filter(candidate -> worthATry(candidate, excluded))
                    .findFirst()
                    .map(best -> new Lease(path, best.mirror(), health.leased(path, best.mirror())));
        }
    }

    @Override
    public Optional<MirrorLease> lease(RepositoryPath path, Mirror mirror) {
        return leaseIf(
                path,
                candidate -> candidate.mirror().equals(mirror)
                        && candidate.standing() == Standing.HEALTHY
                        && !candidate.lacksFile());
    }

    @Override
    public Optional<MirrorLease> idle(RepositoryPath path, Set<Mirror> excluded) {
        if (order == MirrorsOrder.STRICT) {
            return Optional.empty();
        }
        long sizeBytes = size(path);
        synchronized (choosing) {
            Ranked current = ranked;
            return current.ranking().forPackages(standings(current, path, excluded), sizeBytes, order).stream()
                    .filter(candidate -> candidate.standing() == Standing.HEALTHY)
                    .filter(candidate -> candidate.inUse() == 0 && !candidate.lacksFile())
                    .findFirst()
                    .map(best -> new Lease(path, best.mirror(), health.leased(path, best.mirror())));
        }
    }

    @Override
    public Optional<MirrorLease> again(RepositoryPath path, Mirror mirror) {
        return leaseIf(path, candidate -> candidate.mirror().equals(mirror));
    }

    /** The first not excluded that has neither failed nor lacked the file a moment ago; empty if there is none. */
    Optional<MirrorLease> promising(RepositoryPath path, Set<Mirror> excluded) {
        return leaseIf(path, candidate -> candidate.promising() && !excluded.contains(candidate.mirror()));
    }

    private Optional<MirrorLease> leaseIf(RepositoryPath path, Predicate<RankedMirror> condition) {
        synchronized (choosing) {
            return standings(ranked, path, Set.of()).stream()
                    .filter(condition)
                    .findFirst()
                    .map(chosen -> new Lease(path, chosen.mirror(), health.leased(path, chosen.mirror())));
        }
    }

    @Override
    public Optional<Rest> rest(RepositoryPath path) {
        return ranked.candidates().stream()
                .flatMap(candidate -> health.rest(candidate.mirror()).stream())
                .min(Comparator.comparing(Rest::left));
    }

    @Override
    public List<Double> ratesOfOthers(RepositoryPath path, Mirror mirror) {
        return ranked.candidates().stream()
                .filter(candidate -> !candidate.mirror().equals(mirror))
                .map(candidate -> (double) health.use(candidate.mirror()).bytesPerSecond())
                .toList();
    }

    /**
     * Whether a mirror may be asked after the promising ones. A resting mirror is the last resort, since it may have
     * the file. One that lacked the file a moment ago is asked again only if this download has asked nobody yet, since
     * some mirror has to answer 404.
     */
    private static boolean worthATry(RankedMirror candidate, Set<Mirror> excluded) {
        return excluded.isEmpty() || !candidate.lacksFile();
    }

    private List<RankedMirror> standings(Ranked current, RepositoryPath path, Set<Mirror> excluded) {
        Instant now = clock.instant();
        ByHand orders = byHand;
        List<RankedMirror> standings = new ArrayList<>();
        for (int rank = 0; rank < current.candidates().size(); rank++) {
            Candidate candidate = current.candidates().get(rank);
            if (!excluded.contains(candidate.mirror())
                    && orders.mayBeAsked(candidate.mirror(), now)
                    && health.rest(candidate.mirror()).isEmpty()) {
                standings.add(standing(candidate, rank, now, behindUntil, health.lacks(path, candidate.mirror())));
            }
        }
        return standings;
    }

    private RankedMirror standing(
            Candidate candidate, int rank, Instant now, Map<Mirror, Instant> behind, boolean lacksFile) {
        MirrorUse use = health.use(candidate.mirror());
        return new RankedMirror(
                candidate.mirror(),
                rank,
                candidate.stale() || now.isBefore(behind.getOrDefault(candidate.mirror(), Instant.MIN)),
                candidate.latency() != null ? candidate.latency() : use.latency(),
                use.bytesPerSecond(),
                use.standing(),
                use.inUse(),
                lacksFile);
    }

    /** Puts the pinned mirror first, unless it has failed or lacks the file. */
    private static List<RankedMirror> pinnedFirst(List<RankedMirror> candidates, ByHand orders) {
        return orders.pinned().isEmpty()
                ? candidates
                : candidates.stream()
                        .sorted(Comparator.comparing(
                                candidate -> !(candidate.promising() && orders.isPinned(candidate.mirror()))))
                        .toList();
    }

    private long size(RepositoryPath path) {
        return sizes.sizeBytes(path)
                .orElse(path.kind() == FileKind.SIGNATURE ? TYPICAL_SIGNATURE_BYTES : TYPICAL_PACKAGE_BYTES);
    }

    private void replace(Ranked next) {
        watch(next);
        ranked = next;
        announcePrimary();
    }

    /** Banned and resting mirrors are not watched: they never fail, and would hide that all others have failed. */
    private void watch(Ranked next) {
        Instant now = clock.instant();
        ByHand orders = byHand;
        health.watch(
                this,
                next.candidates().stream()
                        .map(Candidate::mirror)
                        .filter(mirror -> orders.mayBeAsked(mirror, now))
                        .collect(Collectors.toSet()));
    }

    /** The primary mirror is the first working one of the ranking. */
    private void announcePrimary() {
        if (aside) {
            return;
        }
        Mirror changed = null;
        synchronized (choosing) {
            Mirror primary = ranked.candidates().stream()
                    .map(Candidate::mirror)
                    .filter(mirror -> health.use(mirror).standing() == Standing.HEALTHY)
                    .findFirst()
                    .orElse(announced);
            if (primary != null && !primary.equals(announced)) {
                announced = primary;
                changed = primary;
            }
        }
        if (changed != null) {
            // With a single server there is nothing to announce.
            LOG.log(
                    whose.isEmpty() || ranked.candidates().size() > 1 ? Level.INFO : Level.FINE,
                    "Primary mirror" + (whose.isEmpty() ? "" : " of " + whose) + ": " + changed);
        }
    }

    private void databaseDelivered(Mirror mirror) {
        synchronized (choosing) {
            lastGeneration = mirror;
            behindUntil.remove(mirror);
        }
    }

    private void fellBehind(Mirror mirror) {
        Instant now = clock.instant();
        synchronized (choosing) {
            behindUntil.values().removeIf(until -> !now.isBefore(until));
            behindUntil.put(mirror, now.plus(BEHIND_FOR));
            if (mirror.equals(lastGeneration)) {
                lastGeneration = null;
            }
        }
    }

    private final class Lease implements MirrorLease {

        private final RepositoryPath path;
        private final Mirror mirror;
        /** Whether this transfer is the trial of a mirror that failed. */
        private final boolean trial;

        private final AtomicBoolean closed = new AtomicBoolean();

        Lease(RepositoryPath path, Mirror mirror, boolean trial) {
            this.path = path;
            this.mirror = mirror;
            this.trial = trial;
        }

        @Override
        public Mirror mirror() {
            return mirror;
        }

        @Override
        public void firstByte(Duration latency) {
            health.firstByte(mirror, latency);
        }

        @Override
        public void delivered(long bytes, Duration elapsed) {
            health.delivered(mirror, bytes, elapsed);
            // A lagging mirror also answers that nothing has changed.
            if (path.kind() == FileKind.DATABASE && bytes > 0) {
                databaseDelivered(mirror);
                health.forgetMissing();
            }
            if (trial) {
                announcePrimary();
            }
        }

        @Override
        public void wantsRest(Rest rest) {
            health.rests(mirror, rest);
        }

        @Override
        public void failed(MirrorFailure failure) {
            if (health.failed(path, mirror, failure)) {
                // The download logs its own failure.
                LOG.log(
                        Level.FINE,
                        "Every mirror failed, the last one for {0}; none is blamed, because our own connection was probably down.",
                        path);
            }
            if (failure == MirrorFailure.OUTDATED) {
                fellBehind(mirror);
            }
            announcePrimary();
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                health.returned(path, mirror, trial);
            }
        }
    }
}
