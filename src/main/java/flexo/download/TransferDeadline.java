package flexo.download;

import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The current deadline of a transfer: for its first byte, then for its progress; and the judgement of its mirror when
 * it is reached. There is none during a pause.
 *
 * <p>Guarded by the lock of its {@link Transfer}; its callback runs without it.
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
    /** The time since which the mirror is paused for lack of room; null if it is not. */
    private Long pausedSinceNanos;
    /** Null before it begins. */
    private ScheduledFuture<?> armed;

    /**
     * The deadline of a transfer that has not begun.
     *
     * @param mirrors tells whether the download could continue elsewhere, and its patience
     * @param silent called when it has stalled in mid-file, as found by {@link #judge}
     * @param outpaced called when it should be compared with another mirror, as found by {@link #judge}
     * @param reached called by the timer; {@link #judge} must follow
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

    /** The time since the request. */
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
     * @return the time that took
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

    /** Bytes have arrived. */
    void arrived(int bytes) {
        progress.arrived(bytes, fetch.nowNanos());
    }

    /** All bytes received. */
    long received() {
        return progress == null ? 0 : progress.received();
    }

    /** The recent speed, in bytes per second; only after the first byte. */
    double bytesPerSecond() {
        return progress.bytesPerSecond();
    }

    /** The time since the first byte, without pauses. */
    Duration elapsed() {
        return progress.elapsed(fetch.nowNanos());
    }

    /** Whether the mirror is paused. */
    boolean isPaused() {
        return pausedSinceNanos != null;
    }

    /** Pauses the mirror, which is then not to blame for missing bytes. */
    void pause() {
        pausedSinceNanos = fetch.nowNanos();
        disarm();
    }

    /** Resumes the mirror. */
    void goOn() {
        long now = fetch.nowNanos();
        progress.wentOn(now - pausedSinceNanos, now);
        pausedSinceNanos = null;
        armForProgress(now);
    }

    /**
     * Judges the transfer at its deadline.
     *
     * @return the reason to leave the mirror; empty if the transfer goes on, with another deadline
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
     * Others are asked in parallel, and the same mirror once more if there are none: it may go on after a pause. A file
     * that no other mirror can continue is waited for, or requested from another from the start as long as no client
     * has begun.
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

    /** Slow is better than nothing, and than a broken response of a file that no other mirror can continue. */
    private Optional<Outcome.Failed> tooSlow(WritingEnd writer) {
        return isSpliced() && mirrors.reserve()
                ? Optional.of(new Outcome.Failed(
                        MirrorFailure.TOO_SLOW,
                        "sent less than " + progress.limit().bytesPerSecond() + " bytes/s, at byte "
                                + writer.position()))
                : Optional.empty();
    }

    /** Whether another mirror can continue the file. */
    private boolean isSpliced() {
        return !fetch.path().kind().mutable();
    }

    /** Ends the deadline; the transfer no longer shares the line. */
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

    /** Bytes are being written right now, so there is progress: checks again later. Not under the lock. */
    void postpone() {
        ScheduledFuture<?> unused = fetch.context().timer().schedule(reached, 1, TimeUnit.MILLISECONDS);
    }

    private void arm(long delayNanos) {
        disarm();
        armed = fetch.context().timer().schedule(reached, Math.max(1, delayNanos), TimeUnit.NANOSECONDS);
    }
}
