package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import flexo.mirror.SlownessPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The progress of a transfer from its first byte on: whether it has stalled, is slower than the limit, or far slower
 * than others.
 *
 * <p>Guarded by the lock of its transfer.
 */
final class Progress {
    /** The judgement of a transfer at a moment. */
    enum Judgement {
        /** No objection. */
        GOOD,
        /** No byte came within the limit's time. */
        STOPPED,
        /** It was below the limit for the limit's time. */
        BELOW_LIMIT,
        /** Other mirrors are, or may be, so much faster that another is to be tried. */
        OUTPACED
    }

    private final DownloadContext context;
    private final RepositoryPath path;
    private final Mirror mirror;
    private final long startNanos;
    private final LowSpeedLimit limit;
    private final SpeedWatch standstill;
    private final SpeedWatch lowSpeed;
    /** Whether only a standstill is meaningful, as when we throttle it ourselves. */
    private final boolean heldBack;

    private final Pace pace;
    private long received;
    private long pausedNanos;

    Progress(DownloadContext context, RepositoryPath path, Mirror mirror, boolean heldBack, long nowNanos) {
        this.context = context;
        this.path = path;
        this.mirror = mirror;
        this.startNanos = nowNanos;
        this.limit = context.lowSpeed().get();
        this.standstill = new SpeedWatch(limit.standstill(), nowNanos);
        this.lowSpeed = new SpeedWatch(limit, nowNanos);
        this.pace = new Pace(context.slowness().patience(), nowNanos);
        this.heldBack = heldBack;
        if (!heldBack) {
            context.running().began(pace);
        }
    }

    void arrived(int bytes, long nowNanos) {
        received += bytes;
        standstill.arrived(bytes, nowNanos);
        lowSpeed.arrived(bytes, nowNanos);
        pace.arrived(bytes);
    }

    /** Continues after a pause of our own, for which the mirror is not to blame. */
    void wentOn(long pauseNanos, long nowNanos) {
        pausedNanos += pauseNanos;
        standstill.restart(nowNanos);
        lowSpeed.restart(nowNanos);
        pace.restart(nowNanos);
    }

    /** The time for which the judgement can only be good. */
    long nanosLeft(long nowNanos) {
        return Math.min(
                Math.min(standstill.nanosLeft(nowNanos), lowSpeed.nanosLeft(nowNanos)), pace.nanosLeft(nowNanos));
    }

    /**
     * Judges the transfer.
     *
     * @param missingBytes the bytes still to come
     * @param speedsLeft the speeds of the mirrors that the download has left for faster ones
     */
    Judgement judge(long nowNanos, long missingBytes, List<Double> speedsLeft) {
        if (standstill.nanosLeft(nowNanos) == 0) {
            return Judgement.STOPPED;
        }
        if (heldBack) {
            lowSpeed.restart(nowNanos);
            pace.restart(nowNanos);
            return Judgement.GOOD;
        }
        if (lowSpeed.nanosLeft(nowNanos) == 0) {
            // Judged once per limit time, in case it goes on nevertheless.
            lowSpeed.restart(nowNanos);
            return Judgement.BELOW_LIMIT;
        }
        if (pace.nanosLeft(nowNanos) == 0) {
            Duration watched = pace.endWindow(nowNanos);
            SlownessPolicy.Observation observation = new SlownessPolicy.Observation(
                    pace.bytesPerSecond(), pace.bestBefore(), watched, missingBytes, speedsLeft);
            if (context.slowness()
                    .tooSlow(observation, peers(), context.running().count())) {
                return Judgement.OUTPACED;
            }
        }
        return Judgement.GOOD;
    }

    private List<Double> peers() {
        List<Double> peers = new ArrayList<>(context.running().speedsOfOthers(pace));
        peers.addAll(context.peers().ratesOfOthers(path, mirror));
        return peers;
    }

    /** The applicable limit. */
    LowSpeedLimit limit() {
        return limit;
    }

    /** The recent speed, in bytes per second. */
    double bytesPerSecond() {
        return pace.bytesPerSecond();
    }

    /** All bytes received. */
    long received() {
        return received;
    }

    /** The time since the first byte, without pauses. */
    Duration elapsed(long nowNanos) {
        return Duration.ofNanos(Math.max(1, nowNanos - startNanos - pausedNanos));
    }

    /** Notes that the transfer no longer shares the line. */
    void end() {
        context.running().ended(pace);
    }
}
