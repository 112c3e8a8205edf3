package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorLease;
import flexo.mirror.MirrorSelector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Which mirror one download asks next, and until when: each once, those that were left for being slow once more when
 * nothing else is left.
 *
 * <p>Guarded by its own monitor, under which the selector is asked, too; it does not block.
 */
final class MirrorChoice {
    /** Of hundreds of mirrors no more are asked for one file, as in Flexo. */
    private static final int MIRRORS_AT_MOST = 25;

    private final MirrorSelector mirrors;
    private final LongSupplier nanoTime;
    private final long patienceNanos;
    private final RepositoryPath path;
    private final Optional<Mirror> preferred;

    private final Set<Mirror> asked = new HashSet<>();
    /** Those of them that worked, but were left because they were slow. */
    private final Set<Mirror> slow = new HashSet<>();

    private final List<Double> speedsOutpaced = new ArrayList<>();
    /** The next mirror, chosen while the present one is late; null if none is. */
    private MirrorLease reserved;

    private long bytesMissingSinceNanos;

    /**
     * Of a download that begins now.
     *
     * @param preferred the mirror that is asked first if it can be
     */
    MirrorChoice(DownloadContext context, RepositoryPath path, Optional<Mirror> preferred) {
        this.mirrors = context.mirrors();
        this.nanoTime = context.nanoTime();
        this.patienceNanos = context.deadlines().patience().toNanos();
        this.bytesMissingSinceNanos = nanoTime.getAsLong();
        this.path = path;
        this.preferred = preferred;
    }

    /** Leases the next mirror; empty if none is left. */
    synchronized Optional<MirrorLease> take() {
        Optional<MirrorLease> lease = reserved == null ? choose() : Optional.of(reserved);
        reserved = null;
        if (lease.isPresent() || slow.isEmpty()) {
            return lease;
        }
        // Slow is better than nothing, and as the last one it will not be left again.
        asked.removeAll(slow);
        slow.clear();
        return choose();
    }

    /** Whether another mirror could take over; if so, it is reserved for the next {@link #take}. */
    synchronized boolean reserve() {
        if (reserved == null) {
            reserved = choose().orElse(null);
        }
        return reserved != null;
    }

    /** Gives back what was reserved and not taken. */
    synchronized void release() {
        if (reserved != null) {
            reserved.close();
            reserved = null;
        }
    }

    /**
     * A mirror was left because it was slow.
     *
     * @param outpacedAt its speed if nothing was wrong with it but that others are far faster
     */
    synchronized void leftForBeingSlow(Mirror mirror, OptionalDouble outpacedAt) {
        slow.add(mirror);
        outpacedAt.ifPresent(speedsOutpaced::add);
    }

    /** The speeds of the mirrors that were left because others were faster. */
    synchronized List<Double> speedsOutpaced() {
        return List.copyOf(speedsOutpaced);
    }

    /** How long the download may still be without its next byte. */
    synchronized long patienceLeftNanos() {
        return bytesMissingSinceNanos + patienceNanos - nanoTime.getAsLong();
    }

    /** Clients were given bytes a moment ago. */
    synchronized void renewPatience() {
        bytesMissingSinceNanos = nanoTime.getAsLong();
    }

    /** Lets all be asked again. */
    synchronized void forgetAsked() {
        asked.clear();
    }

    private Optional<MirrorLease> choose() {
        if (asked.size() >= MIRRORS_AT_MOST) {
            return Optional.empty();
        }
        Optional<MirrorLease> lease =
                asked.isEmpty() ? preferred.flatMap(mirror -> mirrors.lease(path, mirror)) : Optional.empty();
        if (lease.isEmpty()) {
            lease = mirrors.next(path, Set.copyOf(asked));
        }
        lease.ifPresent(chosen -> asked.add(chosen.mirror()));
        return lease;
    }
}
