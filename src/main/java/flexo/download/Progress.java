package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import flexo.mirror.SlownessPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a transfer gets on from its first byte: whether it has stopped, is slower than the limit, or far slower than others.
 *
 * <p>Not safe for threads; the lock of its transfer guards it.
 */
final class Progress {
    /** What is to be said of a transfer at a moment. */
    enum Judgement {
        /** Nothing. */
        GOOD,
        /** No byte has come for as long as the limit allows. */
        STOPPED,
        /** It has been below the limit for as long as that allows. */
        BELOW_LIMIT,
        /** Others give, or may give, so much more that another is to be tried. */
        OUTPACED
    }

    private final DownloadContext context;
    private final RepositoryPath path;
    private final Mirror mirror;
    private final long startNanos;
    private final LowSpeedLimit limit;
    private final SpeedWatch standstill;
    private final SpeedWatch lowSpeed;
    /** Whether only a standstill tells anything of the mirror, as when we hold it back ourselves. */
    private boolean heldBack;

    private Pace pace;
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

    /** It is held back no longer: what it gives from now on is judged. */
    void hurry(long nowNanos) {
        if (heldBack) {
            heldBack = false;
            lowSpeed.restart(nowNanos);
            pace = new Pace(context.slowness().patience(), nowNanos);
            context.running().began(pace);
        }
    }

    void arrived(int bytes, long nowNanos) {
        received += bytes;
        standstill.arrived(bytes, nowNanos);
        lowSpeed.arrived(bytes, nowNanos);
        pace.arrived(bytes);
    }

    /** It goes on after a pause of our own, which nobody is to be blamed for. */
    void wentOn(long pauseNanos, long nowNanos) {
        pausedNanos += pauseNanos;
        standstill.restart(nowNanos);
        lowSpeed.restart(nowNanos);
        pace.restart(nowNanos);
    }

    /** How long the judgement cannot be anything but good. */
    long nanosLeft(long nowNanos) {
        return Math.min(
                Math.min(standstill.nanosLeft(nowNanos), lowSpeed.nanosLeft(nowNanos)), pace.nanosLeft(nowNanos));
    }

    /**
     * Judges it.
     *
     * @param missingBytes what is still to come
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
            // Judged once for each time the limit allows, should it go on all the same.
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

    /** What it is judged by. */
    LowSpeedLimit limit() {
        return limit;
    }

    /** The speed lately, in bytes per second. */
    double bytesPerSecond() {
        return pace.bytesPerSecond();
    }

    /** All bytes that have come. */
    long received() {
        return received;
    }

    /** The time since the first byte, without pauses. */
    Duration elapsed(long nowNanos) {
        return Duration.ofNanos(Math.max(1, nowNanos - startNanos - pausedNanos));
    }

    /** The transfer no longer shares the line. */
    void end() {
        context.running().ended(pace);
    }
}
