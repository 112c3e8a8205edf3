package flexo.download;

import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * The transfers of one download that ask for the same next byte: one at first, more while it is silent. Whoever sends that
 * byte first goes on alone.
 *
 * <p>So no silent mirror takes time away from another, and none is given up before another one has answered: where all are
 * slow, the first answer counts. How many are silent together doubles with each wave, so that thirty dead mirrors fit into
 * the patience of a client. A transfer that falls silent in the middle stays in the race as well; its mirror may go on after
 * a pause, or answer a second request at once where the first connection is dead.
 *
 * <p>All transfers of a race share its lock, which guards all that is mutable here; nobody is told while it is held.
 */
final class Race {
    /** So many mirrors may be silent together; each costs a connection. */
    private static final int AT_ONCE = 32;
    /** What the mirrors that are asked last have at least, if there is time. */
    private static final Duration FOR_THE_LAST = Duration.ofMillis(1500);
    /** So many times the number of silent mirrors doubles, until it is {@link #AT_ONCE}. */
    private static final int WAVES = 5;

    private static final Duration WAVES_APART_AT_LEAST = Duration.ofMillis(100);
    /** A mirror without substitute is asked a second time after so much silence: its first connection may be dead. */
    private static final Duration BEFORE_SECOND_REQUEST = Duration.ofSeconds(5);

    private final Fetch fetch;
    private final WritingEnd writer;
    private final MirrorChoice mirrors;
    private final Attempts attempts;
    private final BiConsumer<Transfer, Outcome> whenDecided;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock, all that follow.
    private final List<Transfer> running = new ArrayList<>();
    /** The one whose bytes count; null while none has sent any. */
    private Transfer ahead;
    /** Whether it is silent. */
    private boolean stopped;

    private boolean over;
    private boolean secondRequestSent;
    private int wave;
    /** Null while none is to come. */
    private ScheduledFuture<?> nextWave;

    /**
     * One that has not begun.
     *
     * @param attempts takes the mirrors that failed while others go on
     * @param whenDecided told once, on a storage thread, how the last transfer ended; not if the race was cancelled
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
            Duration usual = fetch.context().deadlines().firstByte();
            long half = (mirrors.patienceLeftNanos() - FOR_THE_LAST.toNanos()) / 2;
            schedule(Math.min(usual.toNanos(), half));
        } finally {
            lock.unlock();
        }
        first.start();
    }

    /**
     * Ends it without telling anybody.
     *
     * @return false if it was decided already, and that is being told
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

    /** The first byte, or an answer without any, has come. */
    void answered(Transfer winner) {
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

    /** More bytes of the one that is ahead have come. */
    void arrived(Transfer transfer) {
        if (stopped) {
            leave(others(transfer));
            goesOn();
        }
    }

    private void goesOn() {
        stopped = false;
        cancelWave();
    }

    /** The one that is ahead has fallen silent: others are asked as well. */
    void fellSilent() {
        if (!stopped && !over) {
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
            end();
            leave(List.copyOf(running));
            fetch.context().storage().execute(() -> whenDecided.accept(transfer, outcome));
            return;
        }
        if (transfer == ahead) {
            ahead = null;
            writer.brokeOff();
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
        late.lease().failed(MirrorFailure.STALLED);
        attempts.add(late.lease().mirror(), MirrorFailure.STALLED, late.silence());
        Attempts.Attempt failed = attempts.latest().orElseThrow();
        long fromByte = writer.fromByte();
        fetch.context()
                .storage()
                .execute(() ->
                        Failover.tellOfSwitch(fetch, failed, winner.lease().mirror(), fromByte));
        mirrors.failed(late.lease().mirror(), MirrorFailure.STALLED);
    }

    private List<Transfer> others(Transfer transfer) {
        return running.stream().filter(other -> other != transfer).toList();
    }

    /** Their mirrors have done nothing wrong, unless they were blamed, and may be asked again. */
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
        cancelWave();
    }

    // More mirrors.

    private void schedule(long delayNanos) {
        cancelWave();
        nextWave = fetch.context()
                .timer()
                .schedule(
                        () -> fetch.context().storage().execute(this::wave),
                        Math.max(1, delayNanos),
                        TimeUnit.NANOSECONDS);
    }

    private void cancelWave() {
        if (nextWave != null) {
            nextWave.cancel(false);
            nextWave = null;
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
            schedule(Math.max(WAVES_APART_AT_LEAST.toNanos(), left / Math.max(1, WAVES + 1 - wave)));
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

    /** Where there is no other mirror, the one that is silent is asked once more, beside its first request. */
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
