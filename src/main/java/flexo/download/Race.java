package flexo.download;

import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * The transfers of one download that request the same next byte: one at first, more while it is silent. The first to
 * send that byte continues alone.
 *
 * <p>So no silent mirror takes time away from another, and none is given up before another one has answered: if all are
 * slow, the first answer counts. The number of silent transfers doubles with each wave, so that thirty dead mirrors fit
 * into the patience of a client. A transfer that stalls in mid-file stays in the race as well; its mirror may go on
 * after a pause, or answer a second request at once if the first connection is dead.
 *
 * <p>A crawling transfer is challenged: another mirror is asked for the same rest, both write the bytes that are still
 * missing, and after a moment the faster continues alone. So nothing is lost if the other is slower, or the line itself
 * is slow.
 *
 * <p>All transfers of a race share its lock, which guards all mutable state; callbacks run outside of it.
 */
final class Race {
    /** The limit of silent mirrors; each costs a connection. */
    private static final int AT_ONCE = 32;
    /** The least time for the mirrors asked last, if there is time. */
    private static final Duration FOR_THE_LAST = Duration.ofMillis(1500);
    /** The number of doublings up to {@link #AT_ONCE}. */
    private static final int WAVES = 5;

    private static final Duration WAVES_APART_AT_LEAST = Duration.ofMillis(100);
    /** A mirror without alternatives is asked a second time after this silence: its first connection may be dead. */
    private static final Duration BEFORE_SECOND_REQUEST = Duration.ofSeconds(5);
    /** The time for comparing two mirrors; long enough to see through the initial burst of servers that throttle. */
    private static final Duration COMPARED_FOR = Duration.ofSeconds(2);
    /** The ratio by which a challenger must be faster. */
    private static final double FASTER = 1.25;
    /** The ratio at which the slower one is avoided for a while. */
    private static final double FAR_SLOWER = 2;

    private final Fetch fetch;
    private final WritingEnd writer;
    private final MirrorChoice mirrors;
    private final Attempts attempts;
    private final BiConsumer<Transfer, Outcome> whenDecided;
    private final ReentrantLock lock = new ReentrantLock();

    // All following fields are guarded by lock.
    private final List<Transfer> running = new ArrayList<>();
    /** The transfer whose bytes count; null while none has sent any. */
    private Transfer ahead;
    /** Whether it is silent. */
    private boolean stopped;
    /** The transfer that is compared with the one ahead; null if there is none. */
    private Transfer challenger;
    /** The bytes of the one ahead when the challenger began. */
    private long aheadBefore;

    private boolean over;
    private boolean secondRequestSent;
    private int wave;
    /** The next wave, or the decision of a challenge; null if none is scheduled. */
    private ScheduledFuture<?> nextStep;

    /**
     * A race that has not begun.
     *
     * @param attempts receives the mirrors that failed while others go on
     * @param whenDecided called once, on a storage thread, with the outcome of the last transfer; not if the race was
     *     cancelled
     */
    Race(
            Fetch fetch,
            WritingEnd writer,
            MirrorChoice mirrors,
            Attempts attempts,
            BiConsumer<Transfer, Outcome> whenDecided) {
        this.fetch = fetch;
        this.writer = writer;
        this.mirrors = mirrors;
        this.attempts = attempts;
        this.whenDecided = whenDecided;
    }

    ReentrantLock lock() {
        return lock;
    }

    /** Begins with this mirror. */
    void start(MirrorLease lease) {
        Transfer first;
        lock.lock();
        try {
            if (over) {
                lease.close();
                return;
            }
            first = add(lease);
            Duration usual = first.usualSilence();
            long half = (mirrors.patienceLeftNanos() - FOR_THE_LAST.toNanos()) / 2;
            schedule(this::wave, Math.min(usual.toNanos(), half));
        } finally {
            lock.unlock();
        }
        first.start();
    }

    /**
     * Cancels it without a callback.
     *
     * @return false if it was decided already, and the callback follows
     */
    boolean cancel() {
        lock.lock();
        try {
            boolean undecided = !over;
            end();
            leave(List.copyOf(running));
            return undecided;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it early, so that others have their turn. Does nothing if it is decided. */
    void giveWay() {
        lock.lock();
        try {
            if (!over) {
                (ahead == null ? running.get(0) : ahead).giveWay();
            }
        } finally {
            lock.unlock();
        }
    }

    // Called by the transfers, under the lock.

    /** The first byte, or an answer without a body, has arrived. */
    void answered(Transfer winner) {
        if (winner == challenger) {
            aheadBefore = ahead.soFar().bytes();
            schedule(this::judge, COMPARED_FOR.toNanos());
            return;
        }
        if (running.size() > 1) {
            List<Transfer> others = others(winner);
            others.stream()
                    .filter(other -> other == ahead || other.isLate())
                    .filter(other ->
                            !other.lease().mirror().equals(winner.lease().mirror()))
                    .forEach(late -> blame(late, winner));
            leave(others);
        }
        ahead = winner;
        goesOn();
    }

    /** More bytes of the one ahead have arrived. */
    void arrived(Transfer transfer) {
        if (stopped) {
            ahead = transfer;
            leave(others(transfer));
            goesOn();
        }
    }

    private void goesOn() {
        stopped = false;
        cancelStep();
    }

    /** A transfer has fallen silent: if it is the one ahead, others are asked as well. */
    void fellSilent(Transfer transfer) {
        if (transfer != ahead || over) {
            return;
        }
        if (challenger != null && challenger.isAnswered()) {
            blame(ahead, challenger);
            goOnAlone(challenger);
        } else if (!stopped) {
            challenger = null;
            stopped = true;
            wave = 0;
            fetch.context().storage().execute(this::wave);
        }
    }

    /** A transfer has ended by itself. */
    void ended(Transfer transfer, Outcome outcome) {
        running.remove(transfer);
        boolean decided = !(outcome instanceof Outcome.Failed || outcome instanceof Outcome.Again);
        if (over) {
            return;
        }
        if (decided || running.isEmpty()) {
            if (transfer == challenger && outcome instanceof Outcome.Delivered all) {
                // Complete before the comparison was over.
                leftForFaster(ahead.bytesPerSecond(), all.bytes() / seconds(all.elapsed()));
            }
            end();
            leave(List.copyOf(running));
            fetch.context().storage().execute(() -> whenDecided.accept(transfer, outcome));
            return;
        }
        if (transfer == ahead && challenger != null && challenger.isAnswered()) {
            ahead = challenger;
        } else if (transfer == ahead) {
            ahead = null;
            writer.brokeOff();
        }
        if (challenger != null) {
            challenger = null;
            cancelStep();
        }
        if (outcome instanceof Outcome.Failed failed) {
            attempts.add(transfer.lease().mirror(), failed.failure(), failed.detail());
            mirrors.failed(transfer.lease().mirror(), failed.failure());
        } else {
            mirrors.mayBeAsked(transfer.lease().mirror());
        }
        transfer.lease().close();
        if (ahead == null) {
            fetch.context().storage().execute(() -> ask(1));
        }
    }

    private void blame(Transfer late, Transfer winner) {
        blame(late, MirrorFailure.STALLED, late.silence(), winner);
        mirrors.failed(late.lease().mirror(), MirrorFailure.STALLED);
    }

    private void blame(Transfer transfer, MirrorFailure failure, String detail, Transfer winner) {
        transfer.lease().failed(failure);
        attempts.add(transfer.lease().mirror(), failure, detail);
        Attempts.Attempt failed = attempts.latest().orElseThrow();
        long fromByte = writer.fromByte();
        fetch.context()
                .storage()
                .execute(() ->
                        Failover.tellOfSwitch(fetch, failed, winner.lease().mirror(), fromByte));
    }

    private List<Transfer> others(Transfer transfer) {
        return running.stream().filter(other -> other != transfer).toList();
    }

    /** Cancels these; their mirrors did nothing wrong, unless they were blamed, and may be asked again. */
    private void leave(List<Transfer> left) {
        for (Transfer transfer : left) {
            running.remove(transfer);
            boolean unused = transfer.cancel();
            mirrors.mayBeAsked(transfer.lease().mirror());
            transfer.lease().close();
        }
    }

    private void end() {
        over = true;
        cancelStep();
    }

    // Challenges.

    /** A transfer is slow: unless a challenge is running, it is challenged. Called under the lock. */
    void outpaced(Transfer transfer) {
        // Both would fill a pipe.
        if (transfer == ahead && challenger == null && writer.isReleased() && !writer.takesSmallPieces()) {
            fetch.context().storage().execute(this::challenge);
        }
    }

    private void challenge() {
        Transfer asked;
        lock.lock();
        try {
            if (!isAnswered() || over || running.size() > 1) {
                return;
            }
            Optional<MirrorLease> lease = mirrors.take();
            if (lease.isEmpty()) {
                return;
            }
            asked = challenger = add(lease.get());
            schedule(this::judge, fetch.context().deadlines().firstByte().toNanos());
        } finally {
            lock.unlock();
        }
        asked.start();
    }

    private void judge() {
        lock.lock();
        try {
            if (over || challenger == null) {
                return;
            }
            if (!challenger.isAnswered()) {
                blame(challenger, ahead);
                goOnAlone(ahead);
                return;
            }
            Outcome.Delivered its = challenger.soFar();
            Duration left = COMPARED_FOR.minus(its.elapsed());
            if (left.toNanos() > 0) {
                schedule(this::judge, left.toNanos());
                return;
            }
            double before = (ahead.soFar().bytes() - aheadBefore) / seconds(its.elapsed());
            double then = its.bytes() / seconds(its.elapsed());
            if (then > FASTER * before) {
                leftForFaster(before, then);
                goOnAlone(challenger);
            } else {
                its.reportTo(challenger.lease());
                mirrors.outpaced(challenger.lease().mirror(), then);
                goOnAlone(ahead);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The challenger is faster than the one ahead. */
    private void leftForFaster(double itsSpeed, double challengersSpeed) {
        ahead.soFar().reportTo(ahead.lease());
        mirrors.outpaced(ahead.lease().mirror(), itsSpeed);
        if (challengersSpeed >= FAR_SLOWER * itsSpeed) {
            String detail = String.format(
                    Locale.ROOT, "sends %.0f bytes/s where another sends %.0f", itsSpeed, challengersSpeed);
            blame(ahead, MirrorFailure.TOO_SLOW, detail, challenger);
        }
    }

    private static double seconds(Duration elapsed) {
        return elapsed.toNanos() / 1e9;
    }

    /** Ends a challenge in favour of one of the two, if there is one. Called under the lock. */
    void goOnAlone(Transfer transfer) {
        if (challenger != null) {
            challenger = null;
            ahead = transfer;
            leave(others(transfer));
            cancelStep();
        }
    }

    // More mirrors.

    private void schedule(Runnable step, long delayNanos) {
        cancelStep();
        nextStep = fetch.context()
                .timer()
                .schedule(() -> fetch.context().storage().execute(step), Math.max(1, delayNanos), TimeUnit.NANOSECONDS);
    }

    private void cancelStep() {
        if (nextStep != null) {
            nextStep.cancel(false);
            nextStep = null;
        }
    }

    private void wave() {
        int more;
        lock.lock();
        try {
            if (isAnswered()) {
                return;
            }
            wave++;
            more = (wave > WAVES ? AT_ONCE : 1 << wave) - running.size();
            long left = mirrors.patienceLeftNanos() - FOR_THE_LAST.toNanos();
            schedule(this::wave, Math.max(WAVES_APART_AT_LEAST.toNanos(), left / Math.max(1, WAVES + 1 - wave)));
        } finally {
            lock.unlock();
        }
        ask(more);
    }

    private boolean isAnswered() {
        return over || (ahead != null && !stopped);
    }

    private void ask(int more) {
        List<Transfer> asked = new ArrayList<>();
        lock.lock();
        try {
            for (int i = 0; i < more && !isAnswered() && mirrors.patienceLeftNanos() > 0; i++) {
                Optional<MirrorLease> lease = mirrors.takeFresh().or(this::secondRequest);
                if (lease.isEmpty()) {
                    break;
                }
                asked.add(add(lease.get()));
            }
        } finally {
            lock.unlock();
        }
        asked.forEach(Transfer::start);
    }

    /** Without another mirror, the silent one is asked once more, in parallel. */
    private Optional<MirrorLease> secondRequest() {
        Transfer first = running.get(0);
        if (secondRequestSent
                || running.size() > 1
                || (!stopped && first.silent().compareTo(BEFORE_SECOND_REQUEST) < 0)) {
            return Optional.empty();
        }
        secondRequestSent = true;
        return mirrors.again(first.lease().mirror());
    }

    private Transfer add(MirrorLease lease) {
        Transfer transfer = new Transfer(fetch, writer, mirrors, lease, this);
        running.add(transfer);
        return transfer;
    }
}
