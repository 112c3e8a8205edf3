package flexo.app;

import flexo.config.MirrorSelectionMethod;
import flexo.config.OfficialMirrors;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorAddresses;
import flexo.mirror.MirrorCheck;
import flexo.mirror.MirrorHealth;
import flexo.mirror.MirrorProbe;
import flexo.mirror.MirrorRefresh;
import flexo.mirror.MirrorSearch;
import flexo.mirror.MirrorTest;
import flexo.mirror.MirrorlistFile;
import flexo.mirror.RankedMirrors;
import flexo.mirror.SteeredMirrors;
import flexo.mirror.StoredMirrors;
import flexo.mirror.Upstream;
import flexo.repository.KnownPackages;
import flexo.upstream.GuardedProbe;
import flexo.upstream.HttpStatusDocuments;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The mirrors of the official repositories, and their selection. */
final class Mirrors implements AutoCloseable {
    /** Clients come first, and a machine that has just started may have no network yet. */
    private static final Duration AFTER_START = Duration.ofSeconds(10);

    private final MirrorHealth health = new MirrorHealth(UnsetClock.ofMachine());
    private final RankedMirrors ranked;
    private final SteeredMirrors steered;
    private final WayOut wayOut;
    private final Places places;
    private final Threads threads;
    private final MirrorAddresses addresses;
    /** Cancels the check of addresses before it begins. Guarded by this. */
    private Optional<Future<?>> lookAtAddresses = Optional.empty();
    /** Empty if mirrors are not selected by tests. Guarded by this. */
    private Optional<MirrorRefresh> refresh = Optional.empty();
    /** Guarded by this. */
    private boolean closed;

    Mirrors(KnownPackages packages, WayOut wayOut, Places places, Threads threads) {
        this.ranked = new RankedMirrors(health, new ListedSizes(packages), UnsetClock.ofMachine());
        this.steered = new SteeredMirrors(ranked, places.state().file("mirrors_by_hand.json"), UnsetClock.ofMachine());
        this.wayOut = wayOut;
        this.places = places;
        this.threads = threads;
        this.addresses = new MirrorAddresses(wayOut.probe());
    }

    /** The mirrors with an administrator's decisions. */
    SteeredMirrors steered() {
        return steered;
    }

    /** The mirror tests; empty if mirrors are not selected by tests. */
    synchronized Optional<MirrorRefresh> refresh() {
        return refresh;
    }

    /** The knowledge about each mirror. */
    MirrorHealth health() {
        return health;
    }

    /** The upstream of official mirrors. */
    Upstream upstream() {
        return new Upstream(0, new MirrorCheck(ranked, wayOut.probe()), ranked);
    }

    /**
     * The reason why no mirror can be asked; empty if one can. Clients are not sent elsewhere just because all mirrors
     * fail: the cache can be served without them.
     */
    Optional<String> fault() {
        return ranked.isEmpty() ? Optional.of("No mirror is known; mirrors_predefined names some.") : Optional.empty();
    }

    /** Selects mirrors by the settings; knowledge about those that stay is kept. */
    synchronized void select(OfficialMirrors settings) {
        refresh.ifPresent(MirrorRefresh::stop);
        refresh = Optional.empty();
        lookAtAddresses.ifPresent(look -> look.cancel(false));
        if (closed) {
            return;
        }
        ranked.order(settings.order());
        List<Mirror> predefined = settings.predefined();
        Optional<MirrorlistFile> list =
                settings.mirrorlist().map(file -> MirrorlistFile.official(file, predefined, System::nanoTime));
        if (settings.method() == MirrorSelectionMethod.PREDEFINED) {
            list.ifPresentOrElse(ranked::useList, () -> ranked.useInOrder(predefined));
            lookSoonAt(ranked.notLeftAlone());
            return;
        }
        HttpStatusDocuments documents = new HttpStatusDocuments(
                wayOut.connections(), settings.statusDocuments(), threads.connecting(), threads.timer());
        MirrorProbe probe =
                new GuardedProbe(wayOut.probe(), wayOut.probing(), documents::cameFromInternet, threads.testing());
        MirrorRefresh begun = new MirrorRefresh(
                ranked,
                documents,
                new MirrorSearch(probe, MirrorTest.Plan.USUAL, new Random(), Clock.systemUTC()),
                settings.criteria(),
                new StoredMirrors(
                        places.stateFile(settings.testResultsFile()), places.stateFile(settings.fallbackFile())),
                new MirrorRefresh.Schedule(settings.refreshTestsAfter(), threads.timer(), threads.storage()),
                Clock.systemUTC());
        refresh = Optional.of(begun);
        List<Mirror> named = list.flatMap(MirrorlistFile::changed).orElse(predefined);
        lookSoonAt(named);
        begun.start(named, settings.provisional());
    }

    private void lookSoonAt(List<Mirror> named) {
        lookAtAddresses = Optional.of(
                threads.timer().schedule(() -> addresses.check(named), AFTER_START.toSeconds(), TimeUnit.SECONDS));
    }

    @Override
    public synchronized void close() {
        closed = true;
        refresh.ifPresent(MirrorRefresh::stop);
    }
}
