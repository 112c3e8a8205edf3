package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import flexo.mirror.MirrorSelector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Chooses the next mirror for one download, within its patience: each once, and those left for being slow once more
 * when no other is left.
 *
 * <p>Guarded by its own monitor; the selector, which does not block, is called inside it.
 */
class MirrorChoice {
    /** A file that so many do not have is not asked of hundreds more. */
    private static final int LACKING_AT_MOST = 64;
    /** Failures that may be temporary, once a file has been begun. */
    private static final Set<MirrorFailure> PASSING = EnumSet.of(
            MirrorFailure.UNREACHABLE,
            MirrorFailure.BAD_STATUS,
            MirrorFailure.WANTS_REST,
            MirrorFailure.STALLED,
            MirrorFailure.TRUNCATED);

    private final MirrorSelector mirrors;
    private final LongSupplier nanoTime;
    private final long patienceNanos;
    private final RepositoryPath path;
    private final Optional<Mirror> preferred;

    private final Set<Mirror> asked = new HashSet<>();
    /** Working mirrors that were left because they were slow. */
    private final Set<Mirror> slow = new HashSet<>();

    /** Mirrors whose failure may be temporary. */
    private final Set<Mirror> broken = new HashSet<>();

    private int lacking;

    private final List<Double> speedsOutpaced = new ArrayList<>();
    /** The next mirror, chosen while the current one is late; null if there is none. */
    private MirrorLease reserved;

    private long bytesMissingSinceNanos;

    /**
     * The choice for a download that begins now.
     *
     * @param preferred the mirror to ask first, if possible
     */
    MirrorChoice(DownloadContext context, RepositoryPath path, Optional<Mirror> preferred) {
        this(context, path, preferred, context.deadlines().patience());
    }

    private MirrorChoice(DownloadContext context, RepositoryPath path, Optional<Mirror> preferred, Duration patience) {
        this.mirrors = context.mirrors();
        this.nanoTime = context.nanoTime();
        this.patienceNanos = patience.toNanos();
        this.bytesMissingSinceNanos = nanoTime.getAsLong();
        this.path = path;
        this.preferred = preferred;
    }

    /** For a range that others take if its mirror fails or is slow: no other mirror is asked beside it, nor waited long. */
    static MirrorChoice ofNoOther(DownloadContext context, RepositoryPath path) {
        return new MirrorChoice(
                context, path, Optional.empty(), context.deadlines().firstByte()) {
            @Override
            synchronized Optional<MirrorLease> take() {
                return Optional.empty();
            }

            @Override
            synchronized Optional<MirrorLease> takeFresh() {
                return Optional.empty();
            }

            @Override
            Optional<MirrorLease> again(Mirror mirror) {
                return Optional.empty();
            }

            @Override
            synchronized boolean reserve() {
                return true;
            }
        };
    }

    /** Leases the next mirror; empty if none is left. */
    synchronized Optional<MirrorLease> take() {
        Optional<MirrorLease> lease = reserved == null ? choose() : Optional.of(reserved);
        reserved = null;
        if (lease.isPresent() || slow.isEmpty()) {
            return lease;
        }
        // Slow is better than nothing, and the last one will not be left again.
        asked.removeAll(slow);
        slow.clear();
        return choose();
    }

    /** Leases a mirror that was not asked yet; empty if none is left. */
    synchronized Optional<MirrorLease> takeFresh() {
        Optional<MirrorLease> lease = reserved == null ? choose() : Optional.of(reserved);
        reserved = null;
        return lease;
    }

    /** Leases a mirror once more. */
    Optional<MirrorLease> again(Mirror mirror) {
        return mirrors.again(path, mirror);
    }

    /** Notes that a mirror has failed. */
    synchronized void failed(Mirror mirror, MirrorFailure failure) {
        if (PASSING.contains(failure)) {
            broken.add(mirror);
        }
        lacking += failure == MirrorFailure.NOT_FOUND ? 1 : 0;
    }

    /**
     * Notes that a mirror was not asked to the end, through no fault of its own; one that has failed or is slow stays
     * asked.
     */
    synchronized void mayBeAsked(Mirror mirror) {
        if (!broken.contains(mirror) && !slow.contains(mirror)) {
            asked.remove(mirror);
        }
    }

    /** Allows mirrors with temporary failures again; false if there are none. */
    synchronized boolean beginAgain() {
        boolean some = !broken.isEmpty();
        asked.removeAll(broken);
        broken.clear();
        return some;
    }

    /** Reserves another mirror for the next {@link #take}; false if there is none. */
    synchronized boolean reserve() {
        if (reserved == null) {
            reserved = choose().orElse(null);
        }
        return reserved != null;
    }

    /** Releases an unused reservation. */
    synchronized void release() {
        if (reserved != null) {
            reserved.close();
            reserved = null;
        }
    }

    /** Notes that a mirror was left because it was below the limit. */
    synchronized void leftForBeingSlow(Mirror mirror) {
        slow.add(mirror);
    }

    /** Notes that a mirror was left because another is faster. */
    synchronized void outpaced(Mirror mirror, double bytesPerSecond) {
        slow.add(mirror);
        speedsOutpaced.add(bytesPerSecond);
    }

    /** The speeds of the mirrors left for faster ones. */
    synchronized List<Double> speedsOutpaced() {
        return List.copyOf(speedsOutpaced);
    }

    /** The time left until the next byte must arrive. */
    synchronized long patienceLeftNanos() {
        return bytesMissingSinceNanos + patienceNanos - nanoTime.getAsLong();
    }

    /** Notes that clients have just got bytes. */
    synchronized void renewPatience() {
        bytesMissingSinceNanos = nanoTime.getAsLong();
    }

    /** Allows all mirrors again. */
    synchronized void forgetAsked() {
        asked.clear();
    }

    private Optional<MirrorLease> choose() {
        if (lacking >= LACKING_AT_MOST) {
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
