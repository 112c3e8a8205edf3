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
 * The mirrors of one upstream to choose from, in the current ranking, and the choice among them by what their use has taught.
 *
 * <p>The ranking is replaced by one reference assignment; transfers that run keep their lease, and their reports still
 * count. Thread-safe: {@code choosing} makes choosing a mirror and counting it as in use one step, so that downloads
 * that start together spread; it also guards what is remembered about databases. The lock of {@link MirrorHealth} is
 * taken inside it, never the other way round, and nothing is logged while it is held.
 */
public final class RankedMirrors implements MirrorSelector, PeerRates {

    private static final Logger LOG = Logger.getLogger(RankedMirrors.class.getName());

    /** The size assumed of packages of which it is not known. */
    private static final long TYPICAL_PACKAGE_BYTES = 2 << 20;

    private static final long TYPICAL_SIGNATURE_BYTES = 600;

    /** How long a mirror that delivered an old database goes behind the others for databases. */
    static final Duration BEHIND_FOR = Duration.ofHours(1);

    private final MirrorHealth health;
    private final FileSizes sizes;
    private final Clock clock;
    /** For people, whose mirrors these are; empty for the official ones. */
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
    /** Until when a mirror is taken to lag behind. Guarded by {@code choosing}. */
    private final Map<Mirror, Instant> behindUntil = new HashMap<>();
    /** The mirror that was announced last; null before the first. Guarded by {@code choosing}. */
    private Mirror announced;

    /** One mirror of the ranking; the latency is null where it was never measured. */
    private record Entry(Mirror mirror, Duration latency, boolean stale) {}

    private record Ranked(MirrorRanking ranking, List<Entry> entries) {}

    /** The official mirrors. None yet: until the first ranking is set, every choice is empty. */
    public RankedMirrors(MirrorHealth health, FileSizes sizes, Clock clock) {
        this("", health, sizes, clock);
    }

    /**
     * The mirrors of something else; none yet, either.
     *
     * @param whose for people: after "of"
     */
    public RankedMirrors(String whose, MirrorHealth health, FileSizes sizes, Clock clock) {
        this.whose = whose;
        this.health = health;
        this.sizes = sizes;
        this.clock = clock;
    }

    /** From now on chooses among the mirrors of a test, by measurement and use. */
    public void useMeasured(MirrorTestResults results) {
        list = null;
        Set<Mirror> stale = results.stale();
        results.mirrors().stream()
                .filter(result -> result.bytesPerSecond() > 0)
                .forEach(result -> health.remember(result.mirror(), result.bytesPerSecond()));
        replace(new Ranked(
                MirrorRanking.MEASURED,
                results.mirrors().stream()
                        .map(result -> new Entry(result.mirror(), result.latency(), stale.contains(result.mirror())))
                        .toList()));
    }

    /** What somebody says about mirrors counts from now on. */
    void use(ByHand next) {
        byHand = next;
        watch(ranked);
        announcePrimary();
    }

    ByHand byHand() {
        return byHand;
    }

    /** What counts first from now on; {@link MirrorsOrder#SPREAD} before. */
    public void order(MirrorsOrder next) {
        order = next;
    }

    /** From now on chooses among these, the first that works or is the least busy. */
    public void useInOrder(List<Mirror> mirrors) {
        list = null;
        replaceInOrder(mirrors);
    }

    /** The same for those of a list, as that is whenever a download begins. Reads the list. */
    public void useList(MirrorlistFile file) {
        list = file;
        replaceInOrder(file.changed().orElse(List.of()));
    }

    /** All that may be chosen. */
    Set<Mirror> all() {
        return ranked.entries().stream().map(Entry::mirror).collect(Collectors.toSet());
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
                        .stream().map(mirror -> new Entry(mirror, null, false)).toList());
    }

    /**
     * From now on has these, which are asked beside the mirrors: unlike those, they are left alone when all of them have
     * failed, and none of them is primary.
     */
    void useAside(List<Mirror> others) {
        aside = true;
        ranked = inOrder(others);
    }

    /** Nobody chooses among these mirrors any more. */
    public void retire() {
        health.forget(this);
    }

    /** Test results with what the use of the mirrors has taught since, to be stored. */
    public MirrorTestResults withLearned(MirrorTestResults results) {
        return results.with(result -> {
            MirrorUse use = health.use(result.mirror());
            return result.learned(use.bytesPerSecond(), use.failureCount());
        });
    }

    /** Whether there is none to choose from. */
    public boolean isEmpty() {
        return ranked.entries().isEmpty();
    }

    /** All mirrors, the best first, but those that are left alone for having failed. */
    public List<Mirror> notLeftAlone() {
        return ranked.entries().stream()
                .map(Entry::mirror)
                .filter(mirror -> health.use(mirror).standing() != Standing.LEFT_ALONE)
                .filter(mirror -> byHand.mayBeAsked(mirror, clock.instant()))
                .toList();
    }

    /** All mirrors as people see them, in the order of their rank. */
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
        for (Entry entry : current.entries()) {
            Mirror mirror = entry.mirror();
            MirrorUse use = health.use(mirror);
            Optional<Instant> rests = orders.rests(mirror, now);
            Optional<Instant> wantsRest =
                    health.rest(mirror).map(rest -> now.plus(rest.left()).truncatedTo(ChronoUnit.SECONDS));
            MirrorView.State state = state(orders.isBanned(mirror), rests.isPresent(), wantsRest.isPresent(), use);
            views.add(new MirrorView(
                    mirror,
                    views.size() + 1,
                    Optional.ofNullable(entry.latency() != null ? entry.latency() : use.latency()),
                    use.bytesPerSecond(),
                    entry.stale() || now.isBefore(behind.getOrDefault(mirror, Instant.MIN)),
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
        for (int rank = 0; rank < current.entries().size(); rank++) {
            Entry entry = current.entries().get(rank);
            if (orders.mayBeAsked(entry.mirror(), now)
                    && health.rest(entry.mirror()).isEmpty()) {
                standings.add(standing(entry, rank, now, behind, false));
            }
        }
        return pinnedFirst(current.ranking().forPackages(standings, TYPICAL_PACKAGE_BYTES, order), orders).stream()
                .findFirst();
    }

    /** Why the next package is asked of the mirror that is next, for people. */
    String whyNext() {
        Ranked current = ranked;
        ByHand orders = byHand;
        Optional<RankedMirror> next = nextForPackages(current, orders);
        if (next.isEmpty()) {
            return "No mirror may be asked.";
        }
        if (next.get().leftAlone()) {
            return "All mirrors have failed; this one is asked first all the same.";
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

    /** A mirror did not answer though no client waited for it. */
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
        return ranked.entries().stream()
                .flatMap(entry -> health.rest(entry.mirror()).stream())
                .min(Comparator.comparing(Rest::left));
    }

    @Override
    public List<Double> ratesOfOthers(RepositoryPath path, Mirror mirror) {
        return ranked.entries().stream()
                .filter(entry -> !entry.mirror().equals(mirror))
                .map(entry -> (double) health.use(entry.mirror()).bytesPerSecond())
                .toList();
    }

    /**
     * Whether a mirror may be asked, the promising ones being in front: one that is left alone is the last resort, since
     * it has not said that it lacks the file; one that has said so a moment ago is asked again only for a download that has
     * asked nobody, as somebody has to say no.
     */
    private static boolean worthATry(RankedMirror candidate, Set<Mirror> excluded) {
        return excluded.isEmpty() || !candidate.lacksFile();
    }

    private List<RankedMirror> standings(Ranked current, RepositoryPath path, Set<Mirror> excluded) {
        Instant now = clock.instant();
        ByHand orders = byHand;
        List<RankedMirror> standings = new ArrayList<>();
        for (int rank = 0; rank < current.entries().size(); rank++) {
            Entry entry = current.entries().get(rank);
            if (!excluded.contains(entry.mirror())
                    && orders.mayBeAsked(entry.mirror(), now)
                    && health.rest(entry.mirror()).isEmpty()) {
                standings.add(standing(entry, rank, now, behindUntil, health.lacks(path, entry.mirror())));
            }
        }
        return standings;
    }

    private RankedMirror standing(Entry entry, int rank, Instant now, Map<Mirror, Instant> behind, boolean lacksFile) {
        MirrorUse use = health.use(entry.mirror());
        return new RankedMirror(
                entry.mirror(),
                rank,
                entry.stale() || now.isBefore(behind.getOrDefault(entry.mirror(), Instant.MIN)),
                entry.latency() != null ? entry.latency() : use.latency(),
                use.bytesPerSecond(),
                use.standing(),
                use.inUse(),
                lacksFile);
    }

    /** The pinned one comes first, unless it has failed or lacks the file. */
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

    /** Those that are not asked never fail, and so keep nobody from seeing that all have failed. */
    private void watch(Ranked next) {
        Instant now = clock.instant();
        ByHand orders = byHand;
        health.watch(
                this,
                next.entries().stream()
                        .map(Entry::mirror)
                        .filter(mirror -> orders.mayBeAsked(mirror, now))
                        .collect(Collectors.toSet()));
    }

    /** The primary mirror is the first of the ranking that works. */
    private void announcePrimary() {
        if (aside) {
            return;
        }
        Mirror changed = null;
        synchronized (choosing) {
            Mirror primary = ranked.entries().stream()
                    .map(Entry::mirror)
                    .filter(mirror -> health.use(mirror).standing() == Standing.HEALTHY)
                    .findFirst()
                    .orElse(announced);
            if (primary != null && !primary.equals(announced)) {
                announced = primary;
                changed = primary;
            }
        }
        if (changed != null) {
            // Of a repository with one server nobody needs to be told which it is.
            LOG.log(
                    whose.isEmpty() || ranked.entries().size() > 1 ? Level.INFO : Level.FINE,
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
        /** Whether this transfer finds out whether a mirror that failed is back. */
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
            // That nothing has changed says a mirror that is behind, too.
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
                // Whoever wanted the file tells that no mirror gave it.
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
