package flexo.retention;

import flexo.alpm.RepositoryPath;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Walks the cache directory and removes files by the policy.
 *
 * <p>The directory is the only state. A file that vanishes meanwhile does no harm, and after a crash the next sweep
 * finishes the work. One thread at a time, except for {@link #stop}, {@link #bounds} and {@link #removed}.
 *
 * <p>The first walk applies the rules to each group of files, and remembers two numbers for each eviction candidate. If
 * more has to go, a second walk evicts the least recently used.
 */
public final class RetentionSweep {
    private static final Logger LOG = Logger.getLogger(RetentionSweep.class.getName());

    private final PackageCache cache;
    private volatile RetentionSettings settings;
    private final LastUses uses;
    private final OpenFiles openFiles;
    private final Predicate<RepositoryPath> listed;
    private final DiskSpace disk;
    private final Complaints complaints;
    private final Deletion deletion;
    private final CacheWalk walk;

    private volatile boolean stopped;

    /**
     * A sweep of a cache.
     *
     * @param root the cache directory; need not exist
     * @param cache the cache in it
     * @param settings the retention settings
     * @param uses the last uses
     * @param openFiles the files in use
     * @param listed whether the current database of its repository lists a package file; evaluated for each file, so it
     *     must be fast
     * @param disk measures the disk
     */
    public RetentionSweep(
            Path root,
            PackageCache cache,
            RetentionSettings settings,
            LastUses uses,
            OpenFiles openFiles,
            Predicate<RepositoryPath> listed,
            DiskSpace disk) {
        this.cache = cache;
        this.settings = settings;
        this.uses = uses;
        this.openFiles = openFiles;
        this.listed = listed;
        this.disk = disk;
        complaints = new Complaints(root);
        walk = new CacheWalk(root, complaints, () -> stopped);
        deletion = new Deletion(cache, uses, openFiles, complaints);
    }

    /** Replaces the settings. Called between two sweeps, on their thread. */
    void use(RetentionSettings changed) {
        settings = changed;
    }

    /** The removals since the start. */
    public RemovalCounts removed() {
        return deletion.removed();
    }

    /** Stops a running sweep after the current file, and prevents further ones. */
    void stop() {
        stopped = true;
    }

    /**
     * The result of a sweep.
     *
     * @param heldUp whether a file stays only because it is in use
     * @param inUseBytes the size of the files in use
     * @param spareBytes the most that could be removed, if that was not enough for all downloads waiting for room
     */
    record Result(SweepReport report, boolean heldUp, long inUseBytes, OptionalLong spareBytes) {}

    /**
     * Runs a sweep.
     *
     * @param wanted the needs of downloads waiting for room
     */
    Result sweep(List<RoomDemand.Need> wanted) {
        return new Run(false, wanted).run();
    }

    /** Reports what a sweep would remove, and removes nothing. */
    SweepReport dryRun() {
        return new Run(true, List.of()).run().report();
    }

    /** The settings and the state of the disk; empty if that is unknown. Thread-safe. */
    Optional<Bounds> bounds() {
        try {
            return Optional.of(new Bounds(settings, disk.space()));
        } catch (IOException e) {
            // The cache directory may not exist yet.
            return Optional.empty();
        }
    }

    /** One or two walks, and their counts. */
    private final class Run {
        private final boolean dry;
        private final List<RoomDemand.Need> wanted;
        private final Instant began = uses.now();
        private final RemovalCounts counts = new RemovalCounts();
        private final List<Removal> listing = new ArrayList<>();
        private final GroupJudge judge;

        /** The eviction candidates, by {@link RetentionSettings#limitKey} of their directories. */
        private final Map<String, Evictions> spare = new HashMap<>();
        /** The size of all files except databases, by the same keys. */
        private final Map<String, Long> limitedBytes = new HashMap<>();

        private final Map<String, Evictions.Line> repositoryLines = new HashMap<>();
        private Evictions.Line cacheLine = Evictions.Line.nothing();
        private RemovalReason cacheReason = RemovalReason.CACHE_SIZE;
        private OptionalLong notEnough = OptionalLong.empty();

        /** The contents of each directory. */
        private final Map<String, RemovalCounts.Count> repositories = new HashMap<>();

        private long files;
        private long bytes;
        private long inUseBytes;
        private boolean heldUp;

        Run(boolean dry, List<RoomDemand.Need> wanted) {
            this.dry = dry;
            this.wanted = wanted;
            judge = new GroupJudge(began, settings, uses, openFiles, listed, cache);
        }

        Result run() {
            walk.everything(this::applyRules);
            if (drawLines() && !stopped) {
                walk.everything(this::evict);
            }
            limitedBytes.remove(Occupied.ALL);
            SweepReport report = new SweepReport(
                    dry,
                    uses.onTheClock(began),
                    Duration.between(began, uses.now()),
                    !stopped,
                    files,
                    bytes,
                    repositories,
                    limitedBytes,
                    counts.all(),
                    listing);
            return new Result(report, heldUp, inUseBytes, notEnough);
        }

        private void applyRules(FileGroup group) throws IOException {
            files += group.files().size();
            bytes += group.bytes();
            count(group.place(), group.files().size(), group.bytes());
            String key = settings.limitKey(group.place());
            boolean mustWait = false;
            for (Verdict verdict : judge.judge(group)) {
                CachedFile file = verdict.file();
                heldUp |= verdict.heldUp();
                if (verdict.reason().isPresent()) {
                    // Files behind one that turned out to be in use may have to wait for it.
                    mustWait = mustWait
                            || !remove(group, file.because(verdict.reason().get()));
                } else {
                    limitedBytes.merge(key, file.bytes(), Long::sum);
                    if (file.inUse()) {
                        inUseBytes += file.bytes();
                    } else {
                        spare.computeIfAbsent(key, unused -> new Evictions())
                                .add(LastUses.millis(verdict.lastUse()), file.bytes());
                    }
                }
            }
            heldUp |= mustWait;
        }

        /** Sets the thresholds of the second walk; returns whether one is needed. */
        private boolean drawLines() {
            Bounds bounds;
            try {
                bounds = new Bounds(settings, disk.space());
            } catch (IOException e) {
                if (files > 0) {
                    complaints.tell("", "lies on a disk whose size cannot be told", e);
                }
                return false;
            }
            Evictions others = new Evictions();
            long going = 0;
            for (Map.Entry<String, Evictions> repository : spare.entrySet()) {
                String key = repository.getKey();
                Evictions evictions = repository.getValue();
                long excess = key.equals(Occupied.ALL) ? 0 : bounds.excess(key, limitedBytes.getOrDefault(key, 0L));
                long before = others.totalBytes();
                evictions.addKeptTo(others, evictions.line(excess));
                going += evictions.totalBytes() - (others.totalBytes() - before);
                repositoryLines.put(key, evictions.line(excess));
            }
            long more = toFree(bounds, going, others.totalBytes());
            cacheLine = others.line(more);
            if (more > others.totalBytes()) {
                LOG.log(
                        Level.WARNING,
                        "{0} more bytes should be removed from the cache, but the rest is in use, or databases",
                        more - others.totalBytes());
            }
            return going > 0 || more > 0;
        }

        /**
         * The bytes to remove for the whole cache and for the disk.
         *
         * @param going the bytes that are removed anyway, for the limits of repositories
         * @param spareBytes the other bytes that may be removed
         */
        private long toFree(Bounds bounds, long going, long spareBytes) {
            long usable =
                    bounds.space().usableBytes() + going + (dry ? counts.sum().bytes() : 0);
            if (wanted.stream().anyMatch(need -> need.isHopeless(usable, spareBytes))) {
                notEnough = OptionalLong.of(spareBytes);
            }
            long excess = bounds.excess(Occupied.ALL, bytes - going);
            long lack = Math.max(bounds.lack(usable), bounds.lack(wanted, usable, spareBytes));
            cacheReason = excess >= lack ? RemovalReason.CACHE_SIZE : RemovalReason.DISK_SPACE;
            return Math.max(excess, lack);
        }

        private void evict(FileGroup group) throws IOException {
            String key = settings.limitKey(group.place());
            Evictions.Line repositoryLine = repositoryLines.getOrDefault(key, Evictions.Line.nothing());
            for (Verdict verdict : judge.judge(group)) {
                CachedFile file = verdict.file();
                if (verdict.reason().isPresent() || file.inUse()) {
                    continue;
                }
                long millis = LastUses.millis(verdict.lastUse());
                Optional<RemovalReason> reason = Optional.empty();
                if (repositoryLine.takes(millis, file.bytes())) {
                    reason = Optional.of(RemovalReason.REPOSITORY_SIZE);
                } else if (cacheLine.takes(millis, file.bytes())) {
                    reason = Optional.of(cacheReason);
                }
                if (reason.isPresent()) {
                    if (!remove(group, file.because(reason.get()))) {
                        inUseBytes += file.bytes();
                        break;
                    }
                    limitedBytes.merge(key, -file.bytes(), Long::sum);
                }
            }
        }

        private void count(String place, long moreFiles, long moreBytes) {
            String counted = repositories.size() < SweepReport.REPOSITORIES_MOST || repositories.containsKey(place)
                    ? place
                    : SweepReport.OTHERS;
            repositories.merge(
                    counted,
                    new RemovalCounts.Count(moreFiles, moreBytes),
                    (one, other) -> new RemovalCounts.Count(one.files() + other.files(), one.bytes() + other.bytes()));
        }

        /** Returns false if it turned out to be in use. */
        private boolean remove(FileGroup group, Removal removal) {
            if (stopped || (!dry && !deletion.delete(group, removal))) {
                return false;
            }
            counts.add(removal.reason(), removal.bytes());
            files -= removal.names().size();
            bytes -= removal.bytes();
            count(group.place(), -removal.names().size(), -removal.bytes());
            if (dry && listing.size() < SweepReport.LISTED_MOST) {
                listing.add(removal);
            }
            return true;
        }
    }
}
