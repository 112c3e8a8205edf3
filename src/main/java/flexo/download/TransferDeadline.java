package flexo.download;

import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The one deadline that a transfer has at a moment: for its first byte, then for its progress; and what is to be said of
 * its mirror when it is reached. There is none during a pause.
 *
 * <p>Guarded by the lock of its {@link Transfer}, which is told of the deadline without it.
 */
final class TransferDeadline {
    private final Fetch fetch;
    private final MirrorChoice mirrors;
    private final Mirror mirror;
    private final Runnable silent;
    private final Runnable outpaced;
    private final Runnable reached;

    private long sentNanos;
    /** Null until the first byte. */
    private Progress progress;
    /** Since when no more bytes are asked for, because there is no room for them; null if they are. */
    private Long pausedSinceNanos;
    /** Null before it begins. */
    private ScheduledFuture<?> armed;

    /**
     * Of a transfer that has not begun.
     *
     * @param mirrors tells whether the download could go on elsewhere, and how long it may take
     * @param silent called when it has fallen silent in the middle of the file; {@link #judge} is what finds that out
     * @param outpaced called when another mirror is to show whether it is faster; found out likewise
     * @param reached called by the timer; {@link #judge} is to follow
     */
    TransferDeadline(
            Fetch fetch, MirrorChoice mirrors, Mirror mirror, Runnable silent, Runnable outpaced, Runnable reached) {
        this.fetch = fetch;
        this.mirrors = mirrors;
        this.mirror = mirror;
        this.silent = silent;
        this.outpaced = outpaced;
        this.reached = reached;
    }

    /** The request is sent now. */
    void sent() {
        sentNanos = fetch.nowNanos();
        armForFirstByte();
    }

    /** How long the request has been on its way. */
    Duration waited() {
        return Duration.ofNanos(fetch.nowNanos() - sentNanos);
    }

    /** Whether the mirror has answered. */
    boolean isAnswered() {
        return progress != null;
    }

    /**
     * The mirror has answered: from now on its progress counts.
     *
     * @return how long that took
     */
    Duration answered() {
        long now = fetch.nowNanos();
        // What arrives slowly at another node, that one looks for elsewhere; and its bytes do not share the line to the
        // mirrors.
        boolean onlyStandstillTells = fetch.context().mirrors().isSibling(mirror)
                || fetch.download().demand().mayComeSlowly();
        progress = new Progress(fetch.context(), fetch.path(), mirror, onlyStandstillTells, now);
        armForProgress(now);
        return Duration.ofNanos(now - sentNanos);
    }

    /** Bytes have come. */
    void arrived(int bytes) {
        progress.arrived(bytes, fetch.nowNanos());
    }

    /** All bytes that have come. */
    long received() {
        return progress == null ? 0 : progress.received();
    }

    /** The speed lately, in bytes per second; only after the first byte. */
    double bytesPerSecond() {
        return progress.bytesPerSecond();
    }

    /** The time since the first byte, without pauses. */
    Duration elapsed() {
        return progress.elapsed(fetch.nowNanos());
    }

    /** It is held back no longer, if it was. */
    void hurry() {
        if (progress != null) {
            long now = fetch.nowNanos();
            progress.hurry(now);
            armForProgress(now);
        }
    }

    /** Whether no more bytes are asked for at the moment. */
    boolean isPaused() {
        return pausedSinceNanos != null;
    }

    /** No more bytes are asked for: the mirror is not to be blamed for what does not come. */
    void pause() {
        pausedSinceNanos = fetch.nowNanos();
        disarm();
    }

    /** More bytes are asked for after a pause. */
    void goOn() {
        long now = fetch.nowNanos();
        progress.wentOn(now - pausedSinceNanos, now);
        pausedSinceNanos = null;
        armForProgress(now);
    }

    /**
     * The deadline is reached.
     *
     * @return why the mirror is to be left; empty if the transfer goes on, with another deadline
     */
    Optional<Outcome.Failed> judge(WritingEnd writer) {
        if (isPaused()) {
            return Optional.empty();
        }
        Optional<Outcome.Failed> failed = progress == null ? judgeSilence() : judgeSpeed(writer);
        if (failed.isEmpty() && progress == null) {
            armForFirstByte();
        } else if (failed.isEmpty()) {
            long left = progress.nanosLeft(fetch.nowNanos());
            arm(left > 0 ? left : mirrors.patienceLeftNanos());
        }
        return failed;
    }

    private Optional<Outcome.Failed> judgeSilence() {
        return mirrors.patienceLeftNanos() <= 0
                ? Optional.of(
                        new Outcome.Failed(MirrorFailure.STALLED, "sent nothing for " + waited().toMillis() + " ms"))
                : Optional.empty();
    }

    private Optional<Outcome.Failed> judgeSpeed(WritingEnd writer) {
        return switch (progress.judge(fetch.nowNanos(), writer.missing(), mirrors.speedsOutpaced())) {
            case GOOD -> Optional.empty();
            case STOPPED -> stopped(writer);
            case BELOW_LIMIT -> tooSlow(writer);
            case OUTPACED -> {
                if (isSpliced()) {
                    outpaced.run();
                }
                yield Optional.empty();
            }
        };
    }

    /**
     * Others are asked beside it, and itself once more where there are none: it may go on after a pause. What nobody else may
     * continue is waited for, or asked of another from the start as long as no client has begun.
     */
    private Optional<Outcome.Failed> stopped(WritingEnd writer) {
        if (mirrors.patienceLeftNanos() <= 0 || (!isSpliced() && !writer.isReleased() && mirrors.reserve())) {
            return Optional.of(
                    new Outcome.Failed(MirrorFailure.STALLED, "stopped sending at byte " + writer.position()));
        }
        if (isSpliced()) {
            silent.run();
        }
        return Optional.empty();
    }

    /** Slow is better than nothing, and than the broken response of a file that no other mirror may continue. */
    private Optional<Outcome.Failed> tooSlow(WritingEnd writer) {
        return isSpliced() && mirrors.reserve()
                ? Optional.of(new Outcome.Failed(
                        MirrorFailure.TOO_SLOW,
                        "sent less than " + progress.limit().bytesPerSecond() + " bytes/s, at byte "
                                + writer.position()))
                : Optional.empty();
    }

    /** Whether another mirror may continue the file. */
    private boolean isSpliced() {
        return !fetch.path().kind().mutable();
    }

    /** There is none any more, and the transfer does not share the line. */
    void end() {
        if (progress != null) {
            progress.end();
        }
        disarm();
    }

    private void disarm() {
        if (armed != null) {
            armed.cancel(false);
        }
    }

    private void armForFirstByte() {
        arm(mirrors.patienceLeftNanos());
    }

    private void armForProgress(long nowNanos) {
        arm(progress.nanosLeft(nowNanos));
    }

    /** Bytes are being written at this moment, so there is progress: looks again later. Not under the lock. */
    void postpone() {
        ScheduledFuture<?> unused = fetch.context().timer().schedule(reached, 1, TimeUnit.MILLISECONDS);
    }

    private void arm(long delayNanos) {
        disarm();
        armed = fetch.context().timer().schedule(reached, Math.max(1, delayNanos), TimeUnit.NANOSECONDS);
    }
}
