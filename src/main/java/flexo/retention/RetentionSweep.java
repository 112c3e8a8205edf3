package flexo.retention;

import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Goes through the cache directory and removes what the policy says.
 *
 * <p>The directory is the only state: what vanishes meanwhile was nobody's loss, and after a crash the next sweep
 * finishes. Symbolic links are not followed, hidden directories not entered. One thread at a time may use it, but for
 * {@link #stop} and {@link #removed}.
 *
 * <p>The first walk applies the rules to each package. Only if more has to go is there a second one, which takes the
 * least recently used; what each package takes is all that is remembered from the first.
 */
public final class RetentionSweep {
    private static final Logger LOG = Logger.getLogger(RetentionSweep.class.getName());

    private final PackageCache cache;
    private volatile RetentionSettings settings;
    private final LastUses uses;
    private final OpenFiles openFiles;
    private final ListedFiles listed;
    private final DiskSpace disk;
    private final Complaints complaints;
    private final Deletion deletion;

    private final CacheWalk walk;
    private Looks heldUp = new Looks();
    private boolean leftInUse;

    private volatile boolean stopped;

    /**
     * A sweep of a cache.
     *
     * @param root the cache directory; need not exist
     * @param cache the same as a cache
     * @param settings what is kept
     * @param uses when files were used
     * @param openFiles what must stay for now
     * @param listed what the databases list
     * @param disk how full the disk is
     */
    public RetentionSweep(
            Path root,
            PackageCache cache,
            RetentionSettings settings,
            LastUses uses,
            OpenFiles openFiles,
            ListedFiles listed,
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

    /** From now on these settings count. Called between two sweeps, by who runs them. */
    void use(RetentionSettings changed) {
        settings = changed;
    }

    /** The shortest time after which packages that no client uses are to go anywhere; empty if they stay for ever. */
    Optional<Duration> shortestPurgeUnusedAfter() {
        return settings.shortestPurgeUnusedAfter();
    }

    /** What has been removed since the start. */
    public RemovalCounts removed() {
        return deletion.removed();
    }

    /** Breaks off whatever runs, after the file it is at, and lets nothing begin. */
    void stop() {
        stopped = true;
    }

    /**
     * Goes through everything.
     *
     * @param dry whether to remove nothing, and list what would go
     */
    SweepReport everything(boolean dry) {
        return run(dry, List.of()).report();
    }

    /**
     * What came of making room.
     *
     * @param report on the sweep of everything that it was, too
     * @param spareBytes what could be removed at most, if that was not enough for all; else empty
     */
    record Room(SweepReport report, OptionalLong spareBytes) {}

    /**
     * Goes through everything, and removes what was not used for longest, so that files can be cached. For one that would
     * not fit even then nothing is removed.
     *
     * @param wanted by each of those who wait, how many bytes are to be usable then
     */
    Room makeRoom(List<Long> wanted) {
        Run run = run(false, wanted);
        return new Room(run.report(), run.spareInVain);
    }

    private Run run(boolean dry, List<Long> wanted) {
        Run run = new Run(dry, wanted);
        walk.everything(run::applyRules);
        run.makeRoom();
        heldUp = run.heldUp;
        leftInUse = run.bytesInUse > 0;
        return run;
    }

    /** Whether packages were in use when everything was looked at last, so that more may go soon. */
    boolean hasLeftInUse() {
        return leftInUse;
    }

    /** What the last call has left only because it was in use: one name for each package that is to be looked at again. */
    Looks heldUp() {
        return heldUp;
    }

    /**
     * Goes through the versions of some packages.
     *
     * @param place their directory, as in {@link FileGroup#place}
     * @param cached the names of packages, or their signatures, that are new there
     * @param others names of others
     * @return what these packages take more now than without the new ones; may be negative
     */
    long some(String place, Collection<String> cached, Collection<String> others) {
        Run run = new Run(false, List.of());
        Set<String> groups = new HashSet<>();
        long[] bytes = new long[1];
        cached.forEach(name -> groups.add(FileGroups.groupOf(name)));
        others.forEach(name -> groups.add(FileGroups.groupOf(name)));
        walk.some(place, groups, group -> {
            bytes[0] += cached.stream().mapToLong(group::bytes).sum();
            run.applyRules(group);
        });
        heldUp = run.heldUp;
        return bytes[0] - run.counts.sum().bytes();
    }

    /** See {@link RetentionSettings#limitKey}. */
    String limitKey(String place) {
        return settings.limitKey(place);
    }

    /** What the settings say of the disk as it is; empty if that cannot be told. Any thread may ask. */
    Optional<Bounds> bounds() {
        try {
            return Optional.of(new Bounds(settings, disk.space()));
        } catch (IOException e) {
            // The cache directory may not be there yet.
            return Optional.empty();
        }
    }

    /** One walk, or two, and what was counted on the way. */
    private final class Run {
        final RemovalCounts counts = new RemovalCounts();
        private final boolean dry;
        private final Instant began;
        /** How many bytes somebody needs, by each who waits. */
        private final List<Long> wanted;
        /** What there was to remove, if it was not enough for one of them. */
        private OptionalLong spareInVain = OptionalLong.empty();

        private final GroupJudge judge;
        private final List<Removal> listing = new ArrayList<>();
        /** Packages that may go to make room, by the key of their repository's own rules, or "" for all others. */
        private final Map<String, Evictions> spare = new HashMap<>();

        private final Map<String, Evictions.Line> repositoryLines = new HashMap<>();
        private Evictions.Line cacheLine = Evictions.Line.nothing();
        private RemovalReason cacheReason = RemovalReason.CACHE_SIZE;
        private final Looks heldUp = new Looks();
        /** What packages take, by the directory of each repository with a limit of its own. */
        private final Map<String, Long> limitedBytes = new HashMap<>();

        private long files;
        private long bytes;
        /** What packages take that stay because they are in use. */
        private long bytesInUse;

        Run(boolean dry, List<Long> wanted) {
            this.dry = dry;
            this.wanted = wanted;
            began = uses.now();
            this.judge = new GroupJudge(began, settings, uses, openFiles, listed, cache);
        }

        SweepReport report() {
            return new SweepReport(
                    dry,
                    uses.onTheClock(began),
                    Duration.between(began, uses.now()),
                    !stopped,
                    files,
                    bytes,
                    limitedBytes,
                    counts.all(),
                    listing);
        }

        void applyRules(FileGroup group) throws IOException {
            files += group.files().size();
            bytes += group.bytes();
            GroupVerdict verdict = judge.judge(group);
            bytesInUse += verdict.bytesInUse();
            boolean mustWait = verdict.heldUp();
            for (Doomed doomed : verdict.doomed()) {
                if (!remove(group, doomed)) {
                    mustWait = true;
                    break;
                }
            }
            if (mustWait) {
                heldUp.add(group.place(), group.files().firstKey());
            }
            String key = settings.limitKey(group.place());
            Evictions evictions = spare.computeIfAbsent(key, unused -> new Evictions());
            verdict.spare().forEach(it -> evictions.add(LastUses.millis(it.lastUse()), bytesOf(it)));
            if (!key.isEmpty()) {
                limitedBytes.merge(
                        key,
                        verdict.bytesInUse()
                                + verdict.spare().stream()
                                        .mapToLong(Run::bytesOf)
                                        .sum(),
                        Long::sum);
            }
        }

        /** The second walk, if one is needed. */
        void makeRoom() {
            boolean needed = false;
            Evictions all = new Evictions();
            for (Map.Entry<String, Evictions> repository : spare.entrySet()) {
                Evictions evictions = repository.getValue();
                OptionalLong limit = settings.rulesOf(repository.getKey()).sizeLimitBytes();
                long excess = limit.isEmpty()
                        ? 0
                        : Bounds.beyond(limitedBytes.getOrDefault(repository.getKey(), 0L), limit.getAsLong());
                needed |= excess > 0;
                evictions.addKeptTo(all, evictions.line(excess));
                repositoryLines.put(repository.getKey(), evictions.line(excess));
            }
            long toFree = toFree(all);
            cacheLine = all.line(toFree);
            if ((needed || toFree > 0) && !stopped) {
                if (toFree > all.totalBytes()) {
                    LOG.log(
                            Level.WARNING,
                            "{0} more bytes of the cache would have to go than its packages take; the rest is in use or no"
                                    + " package",
                            toFree - all.totalBytes());
                }
                walk.everything(this::evict);
            }
        }

        /** What has to go beside what goes for its repository's limit. */
        private long toFree(Evictions left) {
            if (settings.cacheSizeLimit().isEmpty() && settings.minFree().isEmpty() && wanted.isEmpty()) {
                return 0;
            }
            try {
                long before =
                        spare.values().stream().mapToLong(Evictions::totalBytes).sum();
                long going = before - left.totalBytes();
                Bounds bounds = new Bounds(settings, disk.space());
                long usable = bounds.space().usableBytes()
                        + going
                        + (dry ? counts.sum().bytes() : 0);
                if (wanted.stream().anyMatch(it -> Bounds.isHopeless(it, usable, left.totalBytes()))) {
                    spareInVain = OptionalLong.of(left.totalBytes());
                }
                long excess = bounds.excess(bytes - going);
                long lack = Math.max(bounds.lack(usable), bounds.lack(wanted, usable, left.totalBytes()));
                cacheReason = excess >= lack ? RemovalReason.CACHE_SIZE : RemovalReason.DISK_SPACE;
                return Math.max(excess, lack);
            } catch (IOException e) {
                complaints.tell("", "lies on a disk whose size cannot be told", e);
                return 0;
            }
        }

        private void evict(FileGroup group) throws IOException {
            String key = settings.limitKey(group.place());
            Evictions.Line repositoryLine = repositoryLines.computeIfAbsent(key, unused -> Evictions.Line.nothing());
            for (GroupVerdict.Spare it : judge.judge(group).spare()) {
                long millis = LastUses.millis(it.lastUse());
                boolean goOn = true;
                boolean goes = true;
                if (repositoryLine.takes(millis, bytesOf(it))) {
                    goOn = remove(group, it.because(RemovalReason.REPOSITORY_SIZE));
                } else if (cacheLine.takes(millis, bytesOf(it))) {
                    goOn = remove(group, it.because(cacheReason));
                } else {
                    goes = false;
                }
                if (!goOn) {
                    bytesInUse += bytesOf(it);
                    break;
                }
                if (goes) {
                    limitedBytes.computeIfPresent(key, (unused, before) -> before - bytesOf(it));
                }
            }
        }

        private static long bytesOf(GroupVerdict.Spare spare) {
            return spare.doomed().removal().bytes();
        }

        /** Returns false if it is in use after all: then what comes after it in its group may have to wait for it. */
        private boolean remove(FileGroup group, Doomed doomed) {
            Removal removal = doomed.removal();
            if (stopped || (!dry && !deletion.delete(group, doomed))) {
                return false;
            }
            counts.add(removal.reason(), removal.bytes());
            files -= doomed.names().size();
            bytes -= removal.bytes();
            if (dry && listing.size() < SweepReport.LISTED_MOST) {
                listing.add(removal);
            }
            return true;
        }
    }
}
