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
 * Goes through the cache directory and removes what the policy says.
 *
 * <p>The directory is the only state. A file that vanishes meanwhile is no loss, and after a crash the next sweep finishes.
 * One thread at a time may use it, except for {@link #stop}, {@link #bounds} and {@link #removed}.
 *
 * <p>The first walk applies the rules to each group of files, and remembers two numbers for each file that may go to make
 * room. A second walk follows only if more has to go; it takes the least recently used.
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
     * @param cache the same as a cache
     * @param settings what is kept
     * @param uses when files were used
     * @param openFiles which files are in use
     * @param listed whether the current database of its repository lists a package file; asked for each, so it must be quick
     * @param disk how full the disk is
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

    /** From now on these settings count. Called between two sweeps, by the thread that runs them. */
    void use(RetentionSettings changed) {
        settings = changed;
    }

    /** What has been removed since the start. */
    public RemovalCounts removed() {
        return deletion.removed();
    }

    /** Breaks off the sweep that runs, after the file it is at, and lets none begin. */
    void stop() {
        stopped = true;
    }

    /**
     * What came of a sweep.
     *
     * @param heldUp whether a file stays only because it is in use
     * @param inUseBytes what the files in use take
     * @param spareBytes what could be removed at most, if that was not enough for everybody who waits for room
     */
    record Result(SweepReport report, boolean heldUp, long inUseBytes, OptionalLong spareBytes) {}

    /**
     * Sweeps.
     *
     * @param wanted the room that downloads wait for
     */
    Result sweep(List<RoomDemand.Need> wanted) {
        return new Run(false, wanted).run();
    }

    /** Finds out what a sweep would remove, and removes nothing. */
    SweepReport dryRun() {
        return new Run(true, List.of()).run().report();
    }

    /** The settings and the state of the disk; empty if that cannot be told. Any thread may ask. */
    Optional<Bounds> bounds() {
        try {
            return Optional.of(new Bounds(settings, disk.space()));
        } catch (IOException e) {
            // The cache directory may not be there yet.
            return Optional.empty();
        }
    }

    /** One walk, or two, and the counts. */
    private final class Run {
        private final boolean dry;
        private final List<RoomDemand.Need> wanted;
        private final Instant began = uses.now();
        private final RemovalCounts counts = new RemovalCounts();
        private final List<Removal> listing = new ArrayList<>();
        private final GroupJudge judge;

        /** The files that may go to make room, by {@link RetentionSettings#limitKey} of their directories. */
        private final Map<String, Evictions> spare = new HashMap<>();
        /** What files take that are no databases, by the same keys. */
        private final Map<String, Long> limitedBytes = new HashMap<>();

        private final Map<String, Evictions.Line> repositoryLines = new HashMap<>();
        private Evictions.Line cacheLine = Evictions.Line.nothing();
        private RemovalReason cacheReason = RemovalReason.CACHE_SIZE;
        private OptionalLong notEnough = OptionalLong.empty();

        /** What is in each directory. */
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
                    // What comes after a file that is in use after all may have to wait for it.
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

        /** Decides how far the second walk goes; returns whether one is needed. */
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
         * What has to go for the whole cache and for the disk.
         *
         * @param going what goes anyway, for the limits of repositories
         * @param spareBytes what may go beside that
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

        /** Returns false if it is in use after all. */
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
