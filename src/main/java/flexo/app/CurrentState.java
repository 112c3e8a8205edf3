package flexo.app;

import flexo.database.Databases;
import flexo.download.DownloadView;
import flexo.download.Downloads;
import flexo.mirror.MirrorRefresh;
import flexo.mirror.MirrorView;
import flexo.prefetch.Prefetch;
import flexo.prefetch.PrefetchCounts;
import flexo.retention.ScrubView;
import flexo.retention.SweepReport;
import flexo.retention.Sweeps;
import flexo.web.HealthCheck;
import flexo.web.RequestFigures;
import flexo.web.SettingsState;
import flexo.web.StateJson;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Collects the state for people from all parts. */
final class CurrentState implements Supplier<StateJson.State> {
    /** Further mirrors are counted, but not listed: nobody reads hundreds. */
    private static final int MIRRORS_MOST = 60;

    private static final int DOWNLOADS_MOST = 100;
    private static final int REPOSITORIES_MOST = 50;
    /** Speeds are measured between two snapshots; an older one says little about the present. */
    private static final Duration LATELY = Duration.ofSeconds(5);

    private final Parts parts;
    private final InstantSource clock;
    private final Instant started;
    /** The progress of each download in the last snapshot. One thread at a time. */
    private Map<String, Seen> seen = new HashMap<>();

    /** The parts to look at. */
    record Parts(
            String version,
            Supplier<List<HealthCheck>> checks,
            Supplier<Boolean> drained,
            Reload reload,
            Mirrors mirrors,
            Downloads downloads,
            Databases databases,
            Upkeep upkeep,
            Prefetch prefetch,
            RequestFigures requests) {}

    private record Seen(Instant at, Instant began, long bytes, long bytesPerSecond) {}

    CurrentState(Parts parts, InstantSource clock) {
        this.parts = parts;
        this.clock = clock;
        this.started = clock.instant();
    }

    @Override
    public StateJson.State get() {
        Instant now = clock.instant();
        List<MirrorView> mirrors = parts.mirrors().steered().views();
        StateJson.Cache cache = cache();
        List<StateJson.Database> databases =
                parts.databases().views().stream().map(StateJson::of).toList();
        StateJson.Traffic traffic = traffic(parts.requests().totals());
        return new StateJson.State(
                summary(mirrors, cache, databases),
                new StateJson.Node(
                        parts.version(), text(started), parts.drained().get()),
                running(now),
                parts.downloads().ended().stream()
                        .map(view -> download(view, average(view, view.ended().orElse(now))))
                        .toList(),
                new StateJson.Mirrors(
                        parts.mirrors().steered().whyNext(),
                        mirrors.size(),
                        mirrors.stream()
                                .limit(MIRRORS_MOST)
                                .map(CurrentState::mirror)
                                .toList()),
                cache,
                traffic,
                databases,
                work(now),
                settings());
    }

    private StateJson.Summary summary(
            List<MirrorView> mirrors, StateJson.Cache cache, List<StateJson.Database> databases) {
        List<String> complaints = new ArrayList<>();
        parts.checks().get().stream().flatMap(check -> check.fault().stream()).forEach(complaints::add);
        SettingsState settings = parts.reload().state();
        settings.refused()
                .ifPresent(refusal -> complaints.add("The settings that were written last are not in force: they have "
                        + count(refusal.mistakes().size(), "mistake") + "."));
        if (!mirrors.isEmpty() && mirrors.stream().noneMatch(mirror -> mirror.state() == MirrorView.State.USED)) {
            complaints.add("No mirror works at present.");
        }
        databases.stream()
                .filter(StateJson.Database::stale)
                .forEach(database -> complaints.add(
                        database.path() + " is stale: no mirror has confirmed it since " + database.confirmed() + "."));
        long resting = mirrors.stream()
                .filter(mirror ->
                        mirror.state() != MirrorView.State.USED && mirror.state() != MirrorView.State.ON_TRIAL)
                .count();
        String words = (parts.drained().get() ? "Draining" : "Serving") + "; " + count(mirrors.size(), "mirror")
                + (resting == 0 ? "" : ", " + resting + " at rest") + "; " + count(cache.files(), "file") + ", "
                + size(cache.bytes()) + (cache.limit_bytes() == null ? "" : " of " + size(cache.limit_bytes()));
        return new StateJson.Summary(complaints.isEmpty(), words, complaints);
    }

    private static String size(long bytes) {
        return bytes < 1_000_000_000L
                ? Math.round(bytes / 1e6) + " MB"
                : String.format(Locale.ROOT, bytes < 100_000_000_000L ? "%.1f GB" : "%.0f GB", bytes / 1e9);
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private List<StateJson.Download> running(Instant now) {
        Map<String, Seen> next = new HashMap<>();
        List<StateJson.Download> running = new ArrayList<>();
        for (DownloadView view : parts.downloads().views(DOWNLOADS_MOST)) {
            String path = view.path().toString();
            long speed = speed(view, now);
            next.put(path, new Seen(now, view.began(), view.bytes(), speed));
            running.add(download(view, speed));
        }
        seen = next;
        return running;
    }

    private long speed(DownloadView view, Instant now) {
        Seen before = seen.get(view.path().toString());
        if (before == null
                || !before.began().equals(view.began())
                || Duration.between(before.at(), now).compareTo(LATELY) > 0) {
            return average(view, now);
        }
        long millis = Duration.between(before.at(), now).toMillis();
        return millis <= 0 ? before.bytesPerSecond() : Math.max(0, view.bytes() - before.bytes()) * 1000 / millis;
    }

    private static long average(DownloadView view, Instant end) {
        long millis = Math.max(1, Duration.between(view.began(), end).toMillis());
        return Math.max(0, view.bytes() - view.foundBytes()) * 1000 / millis;
    }

    private static StateJson.Download download(DownloadView view, long bytesPerSecond) {
        return new StateJson.Download(
                view.path().toString(),
                label(view.state()),
                text(view.began()),
                view.foundBytes(),
                view.bytes(),
                view.totalBytes().isPresent() ? view.totalBytes().getAsLong() : null,
                bytesPerSecond,
                view.clients(),
                view.mirrors(),
                view.switches().stream()
                        .map(change -> new StateJson.Switch(
                                change.from().toString(), change.to().toString(), change.why(), change.fromByte()))
                        .toList(),
                view.ended().map(CurrentState::text).orElse(null),
                view.failure().map(failure -> failure.message()).orElse(null));
    }

    private static StateJson.Mirror mirror(MirrorView view) {
        Map<String, Long> failures = new TreeMap<>();
        view.failures().forEach((failure, count) -> failures.put(label(failure), count));
        return new StateJson.Mirror(
                view.mirror().fingerprint(),
                view.mirror().toString(),
                view.rank(),
                label(view.state()),
                view.until().map(CurrentState::text).orElse(null),
                view.latency().map(Duration::toMillis).orElse(null),
                view.bytesPerSecond(),
                view.behind(),
                view.inUse(),
                view.transfers(),
                failures,
                view.pinned(),
                view.next());
    }

    private StateJson.Cache cache() {
        Optional<SweepReport> report = parts.upkeep().sweeps().last();
        Optional<Sweeps.Capacity> capacity = parts.upkeep().sweeps().capacity();
        return new StateJson.Cache(
                report.map(SweepReport::files).orElse(0L),
                report.map(SweepReport::bytes).orElse(0L),
                report.map(SweepReport::began).map(CurrentState::text).orElse(null),
                // Rounded, so that not every written byte is an update.
                capacity.map(now -> now.usableBytes() >> 20 << 20).orElse(null),
                capacity.filter(now -> now.limit().isPresent())
                        .map(now -> now.limit().getAsLong())
                        .orElse(null),
                report.map(CurrentState::repositories).orElse(List.of()));
    }

    private static List<StateJson.Repository> repositories(SweepReport report) {
        return report.repositories().entrySet().stream()
                .filter(entry -> entry.getValue().files() > 0)
                .map(entry -> new StateJson.Repository(
                        entry.getKey(),
                        entry.getValue().files(),
                        entry.getValue().bytes()))
                .sorted(Comparator.comparingLong(StateJson.Repository::bytes).reversed())
                .limit(REPOSITORIES_MOST)
                .toList();
    }

    private static StateJson.Traffic traffic(RequestFigures.Totals totals) {
        long served = totals.hits() + totals.misses();
        return new StateJson.Traffic(
                totals.hits(),
                totals.misses(),
                totals.failed(),
                served == 0 ? null : Math.round(1000.0 * totals.hits() / served) / 1000.0,
                totals.savedBytes(),
                totals.downloadedBytes());
    }

    private List<StateJson.Work> work(Instant now) {
        List<StateJson.Work> work = new ArrayList<>();
        Optional<SweepReport> sweep = parts.upkeep().sweeps().last();
        work.add(new StateJson.Work(
                "sweep",
                false,
                sweep.map(SweepReport::began).map(CurrentState::text).orElse(null),
                parts.upkeep()
                        .sweeps()
                        .untilNext()
                        // In whole minutes, so that not every second is an update.
                        .map(left -> text(now.plus(left).plusSeconds(59).truncatedTo(ChronoUnit.MINUTES)))
                        .orElse(null),
                sweep.map(report -> count(report.sum().files(), "file") + " removed, "
                                + report.sum().bytes() + " bytes")
                        .orElse(null)));
        Optional<ScrubView> scrub = parts.upkeep().scrubbed();
        work.add(new StateJson.Work(
                "scrub",
                scrub.filter(view -> !view.after().isEmpty()).isPresent(),
                scrub.map(ScrubView::roundBegins)
                        .filter(round -> !round.isAfter(now))
                        .map(CurrentState::text)
                        .orElse(null),
                scrub.map(ScrubView::roundBegins)
                        .filter(now::isBefore)
                        .map(CurrentState::text)
                        .orElse(null),
                scrub.map(view -> count(view.read(), "package") + " read since the start, " + view.wrong()
                                + " of them wrong" + (view.after().isEmpty() ? "" : "; at " + view.after()))
                        .orElse(null)));
        PrefetchCounts prefetched = parts.prefetch().counts();
        work.add(new StateJson.Work(
                "prefetch",
                parts.prefetch().waiting() > 0,
                null,
                parts.prefetch().due().map(CurrentState::text).orElse(null),
                count(prefetched.fetched(), "package") + " fetched since the start, " + prefetched.failed()
                        + " not to be had, " + parts.prefetch().waiting() + " waiting"));
        Optional<MirrorRefresh.View> tests = parts.mirrors().refresh().map(MirrorRefresh::view);
        work.add(new StateJson.Work(
                "mirror_test",
                tests.map(MirrorRefresh.View::running).orElse(false),
                tests.flatMap(MirrorRefresh.View::last).map(CurrentState::text).orElse(null),
                tests.flatMap(MirrorRefresh.View::next).map(CurrentState::text).orElse(null),
                tests.map(MirrorRefresh.View::outcome).orElse("Mirrors are chosen by the settings, not by tests.")));
        return work;
    }

    private StateJson.Settings settings() {
        SettingsState state = parts.reload().state();
        return new StateJson.Settings(
                state.inForce(),
                state.loadedAt().map(CurrentState::text).orElse(null),
                state.refused().map(refusal -> refusal.mistakes().size()).orElse(0),
                state.afterRestart());
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
