package flexo.retention;

import flexo.alpm.PackageVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Decides which files stay. Pure.
 *
 * <p>Four rules beyond the settings:
 *
 * <ul>
 *   <li>A file in use stays, and counts as used now.
 *   <li>Clients request the version that the database lists. It is never removed as an old version. By age or to make
 *       room it is removed only after older versions that are not listed: it counts as used when one of those was.
 *   <li>A file whose last use is unknown counts as used when it was put there. Its age starts with the recording of
 *       uses, since earlier uses are unknown.
 *   <li>A time in the future, left by a wrong clock, counts as now.
 * </ul>
 * </ul>
 *
 * @param now the present
 * @param recordedSince the start of recording uses
 */
record RetentionPolicy(Instant now, Instant recordedSince) {
    private static final Comparator<CachedFile> BY_VERSION = Comparator.<CachedFile, PackageVersion>comparing(
                    file -> file.packageName().orElseThrow().version())
            .thenComparing(file -> file.path().fileName());

    /**
     * Judges the versions of one package in one directory, or one file of another kind.
     *
     * @param files the versions in any order, for any architectures; each architecture is counted separately. A version
     *     that exists in several compressions counts once
     * @param rules the rules
     * @return a verdict on each, in the order of removal: the oldest version first
     */
    List<Verdict> judge(List<CachedFile> files, RetentionRules rules) {
        List<CachedFile> oldestFirst = oldestFirst(files);
        BitSet old = old(oldestFirst, rules.versionsToKeep());
        List<Verdict> verdicts = new ArrayList<>(oldestFirst.size());
        Instant unlistedUse = Instant.MIN;
        Instant unlistedAge = Instant.MIN;
        for (int i = 0; i < oldestFirst.size(); i++) {
            CachedFile file = oldestFirst.get(i);
            Instant use = use(file, file.put());
            Instant age = use(file, later(file.put(), recordedSince));
            boolean wouldBeOld = old.get(i) && !file.listed();
            boolean isOld = wouldBeOld && !file.inUse();
            if (file.listed()) {
                use = later(use, unlistedUse);
                age = later(age, unlistedAge);
            } else if (!isOld) {
                unlistedUse = later(use, unlistedUse);
                unlistedAge = later(age, unlistedAge);
            }
            Optional<RemovalReason> reason = Optional.empty();
            if (isOld) {
                reason = Optional.of(RemovalReason.OLD_VERSION);
            } else if (!file.inUse() && isPast(age, rules.purgeUnusedAfter())) {
                reason = Optional.of(RemovalReason.UNUSED);
            }
            verdicts.add(new Verdict(file, reason, use, wouldBeOld && file.inUse()));
        }
        return verdicts;
    }

    /** Sorts with a queue: the order of versions is not transitive, so that the JDK's sort may throw. */
    private static List<CachedFile> oldestFirst(List<CachedFile> files) {
        if (files.size() <= 1) {
            return files;
        }
        PriorityQueue<CachedFile> queue = new PriorityQueue<>(files.size(), BY_VERSION);
        queue.addAll(files);
        List<CachedFile> sorted = new ArrayList<>(files.size());
        for (CachedFile file = queue.poll(); file != null; file = queue.poll()) {
            sorted.add(file);
        }
        return sorted;
    }

    /** The versions with enough newer ones for the same architecture. */
    private static BitSet old(List<CachedFile> oldestFirst, int versionsToKeep) {
        BitSet old = new BitSet();
        if (versionsToKeep == 0 || oldestFirst.size() <= versionsToKeep) {
            return old;
        }
        Map<String, List<PackageVersion>> newestFirst = new HashMap<>();
        for (int i = oldestFirst.size() - 1; i >= 0; i--) {
            var name = oldestFirst.get(i).packageName().orElseThrow();
            List<PackageVersion> kept = newestFirst.computeIfAbsent(name.arch(), arch -> new ArrayList<>());
            boolean another = kept.isEmpty() || kept.get(kept.size() - 1).compareTo(name.version()) != 0;
            if (another && kept.size() == versionsToKeep) {
                old.set(i);
            } else if (another) {
                kept.add(name.version());
            }
        }
        return old;
    }

    private Instant use(CachedFile file, Instant unlessUsed) {
        return file.inUse() ? now : notAfterNow(file.used().orElse(unlessUsed));
    }

    private boolean isPast(Instant lastUse, Optional<Duration> purgeUnusedAfter) {
        return purgeUnusedAfter
                .map(age -> Duration.between(lastUse, now).compareTo(age) > 0)
                .orElse(false);
    }

    private Instant notAfterNow(Instant time) {
        return time.isAfter(now) ? now : time;
    }

    private static Instant later(Instant one, Instant two) {
        return one.isAfter(two) ? one : two;
    }
}
