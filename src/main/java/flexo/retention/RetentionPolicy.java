package flexo.retention;

import flexo.alpm.PackageFileName;
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
 * Which versions of a package stay. Pure.
 *
 * <p>Four rules beside the plain ones:
 *
 * <ul>
 *   <li>What is in use stays, and counts as used now.
 *   <li>What the database lists is what clients ask for, so it is never removed for its version, and for its age or the
 *       cache's size not before an older version that is not listed: it counts as used when one of those was.
 *   <li>A file whose last use is not known counts as used when it was put there. As long as no record was kept, nobody
 *       can know that it was not used: for its age, the time before does not count.
 *   <li>A time in the future, as a wrong clock leaves it, counts as now.
 * </ul>
 *
 * @param now the present
 * @param recordedSince since when uses have been recorded
 */
record RetentionPolicy(Instant now, Instant recordedSince) {
    private static final Comparator<PackageFile> BY_VERSION = Comparator.<PackageFile, PackageVersion>comparing(
                    file -> file.name().version())
            .thenComparing(file -> file.name().toString());

    /**
     * Judges what is there of one package in one directory.
     *
     * @param files its versions in any order, for any architectures: versions are counted for each of them. The same
     *     version may be there in several compressions and counts once
     * @param rules what is kept
     * @return a verdict on each, in the order in which they may be removed: the oldest version first
     */
    List<Verdict> judge(List<PackageFile> files, RetentionRules rules) {
        List<PackageFile> oldestFirst = oldestFirst(files);
        BitSet old = old(oldestFirst, rules.versionsToKeep());
        List<Verdict> verdicts = new ArrayList<>(oldestFirst.size());
        Instant unlistedUse = Instant.MIN;
        Instant unlistedAge = Instant.MIN;
        for (int i = 0; i < oldestFirst.size(); i++) {
            PackageFile file = oldestFirst.get(i);
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

    /** By a queue, because the order of versions can run in a circle, at which the JDK's sorting may throw. */
    private static List<PackageFile> oldestFirst(List<PackageFile> files) {
        PriorityQueue<PackageFile> queue = new PriorityQueue<>(Math.max(1, files.size()), BY_VERSION);
        queue.addAll(files);
        List<PackageFile> sorted = new ArrayList<>(files.size());
        for (PackageFile file = queue.poll(); file != null; file = queue.poll()) {
            sorted.add(file);
        }
        return sorted;
    }

    /** Those of which as many newer versions as are kept are there for the same architecture. */
    private static BitSet old(List<PackageFile> oldestFirst, int versionsToKeep) {
        BitSet old = new BitSet();
        Map<String, List<PackageVersion>> newestFirst = new HashMap<>();
        for (int i = oldestFirst.size() - 1; i >= 0 && versionsToKeep > 0; i--) {
            PackageFileName name = oldestFirst.get(i).name();
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

    private Instant use(PackageFile file, Instant unlessUsed) {
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
