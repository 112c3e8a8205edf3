package flexo.download;

import flexo.cache.ContentHead;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import flexo.repository.WebPage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One attempt of a download: one request to one mirror, from one byte on.
 *
 * <p>It checks what the mirror promises, hands its bytes to the {@link PartWriter} and watches the deadlines. It ends
 * exactly once, with one {@link Outcome}; whatever the mirror sends after that is ignored. All of it happens under
 * {@code lock}, which is what keeps an abandoned transfer from writing: it is held while bytes go to the page cache, and
 * never while {@link Failover} is told. The timer does not wait for it: while it is held, bytes are arriving.
 */
final class Transfer implements MirrorResponseListener {
    /** How long clients wait for bytes because others are slow; far below pacman's ten seconds. */
    private static final Duration SLOW_ONES_MAY_TAKE = Duration.ofSeconds(1);

    /** Who started the transfer. Called from arbitrary threads, none of which may be held up. */
    interface Starter {
        /** Whether another mirror could take over; if so, it is reserved. */
        boolean anotherMirrorIsLeft();

        /** How long the download may still be without its next byte. */
        long patienceLeftNanos();

        /** The speeds of the mirrors that the download has left because others were faster. */
        List<Double> speedsOutpaced();

        /** The first byte has come. */
        void arriving(Mirror mirror);

        /** Told once, not if the transfer was cancelled. */
        void transferEnded(Transfer transfer, Outcome outcome);
    }

    /** So many first bytes tell a web page. */
    private static final int LOOKED_AT_BYTES = 64;

    private final DownloadContext context;
    private final MirrorLease lease;
    private final PartWriter writer;
    private final Download download;
    private final boolean headOnly;
    private final Starter starter;
    private final FilePolicy policy;
    private final SentRequest request;
    /** Whether its bytes may come slowly, or were allowed to when it began. */
    private final boolean heldBack;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock, all that follow.
    private boolean ended;
    private long sentNanos;
    /** Null until a response was accepted. */
    private ResponseCheck.Verdict accepted;
    /** Null until the first byte. */
    private Progress progress;

    private ScheduledFuture<?> deadline;
    /** Since when no more bytes are asked for, because there is no room for them; null if they are. */
    private Long pausedSinceNanos;

    Transfer(
            DownloadContext context,
            Download download,
            FilePolicy policy,
            PartWriter writer,
            MirrorLease lease,
            boolean headOnly,
            Starter starter) {
        this.context = context;
        this.download = download;
        this.writer = writer;
        this.lease = lease;
        this.headOnly = headOnly;
        this.starter = starter;
        this.policy = policy;
        this.heldBack = download.demand().mayComeSlowly();
        this.request = new SentRequest(
                context,
                new MirrorRequest(
                        context.mirrors().uri(download.path(), lease.mirror()),
                        writer.fromByte(),
                        headOnly,
                        writer.fromByte() == 0 ? policy.validators(lease.mirror()) : Optional.empty(),
                        heldBack
                                ? Optional.of(download.demand().whenTold().thenRunAsync(this::hurry, context.storage()))
                                : Optional.empty()),
                this);
    }

    private void hurry() {
        lock.lock();
        try {
            if (!ended && progress != null) {
                progress.hurry(now());
                arm(progress.nanosLeft(now()));
            }
        } finally {
            lock.unlock();
        }
    }

    MirrorLease lease() {
        return lease;
    }

    /** Sends the request. The deadline runs from here on, however long resolving the mirror's name takes. */
    void start() {
        lock.lock();
        try {
            if (ended) {
                // Cancelled before it began.
                return;
            }
            sentNanos = now();
            armFirstByteDeadline();
        } finally {
            lock.unlock();
        }
        request.send();
    }

    /**
     * Ends the transfer without telling the starter.
     *
     * @return false if it had ended already, so that the starter is being told
     */
    boolean cancel() {
        lock.lock();
        try {
            boolean running = !ended;
            end();
            request.drop();
            return running;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has brought the download any bytes. */
    boolean hasDelivered() {
        lock.lock();
        try {
            return progress != null && progress.received() > 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean onResponse(MirrorResponse mirrorResponse) {
        lock.lock();
        try {
            if (ended) {
                return false;
            }
            ResponseCheck.Verdict verdict = writer.check(request.mirrorRequest().ifChanged())
                    .judge(mirrorResponse, context.wallClock().instant().truncatedTo(ChronoUnit.SECONDS));
            if (verdict instanceof ResponseCheck.Verdict.Refused refused) {
                endWith(new Outcome.Failed(refused.failure(), refused.why()));
                return false;
            }
            if (verdict instanceof ResponseCheck.Verdict.StartOver startOver) {
                endWith(new Outcome.Again(true, startOver.why()));
                return false;
            }
            if (verdict instanceof ResponseCheck.Verdict.Unchanged) {
                firstByteArrived();
                endWith(new Outcome.Unchanged());
                return false;
            }
            accepted = verdict;
            Optional<FilePolicy.Objection> objection = policy.objection(mirrorResponse, acceptedHead());
            if (objection.isPresent()) {
                endWith(new Outcome.Failed(
                        objection.get().failure(), objection.get().why()));
                return false;
            }
            if (headOnly) {
                firstByteArrived();
                download.completeWithHead(acceptedHead(), lease.mirror().toString());
                endWithAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            int count = bytes.remaining();
            if (progress == null && isWebPage(bytes)) {
                endWith(new Outcome.Failed(MirrorFailure.WRONG_CONTENT, "sent a web page instead of the file"));
                request.drop();
                return;
            }
            if (progress == null) {
                firstByteArrived();
                writer.begin(
                        acceptedHead(),
                        accepted instanceof ResponseCheck.Verdict.FromStart,
                        lease.mirror().toString());
                starter.arriving(lease.mirror());
            }
            if (count > writer.missing()) {
                endWith(new Outcome.Failed(MirrorFailure.WRONG_LENGTH, "sent more bytes than it announced"));
                request.drop();
                return;
            }
            writer.write(bytes);
            progress.arrived(count, now());
            if (writer.missing() == 0) {
                // Not only with the end of the response: nothing that happens to it can make the file less whole.
                endWithAll();
            } else {
                pauseIfThereIsNoRoom();
            }
        } catch (IOException e) {
            endWith(new Outcome.StorageFailed(e));
            request.drop();
        } finally {
            lock.unlock();
        }
    }

    /** Told from its first bytes, whatever its head says of it: captive portals call their pages what they like. */
    private boolean isWebPage(ByteBuffer bytes) {
        if (!(accepted instanceof ResponseCheck.Verdict.FromStart)
                || !download.path().kind().neverHtml()) {
            return false;
        }
        byte[] start = new byte[Math.min(bytes.remaining(), LOOKED_AT_BYTES)];
        bytes.duplicate().get(start);
        return WebPage.startsIn(start);
    }

    @Override
    public void onEnd() {
        lock.lock();
        try {
            if (!ended) {
                endWith(new Outcome.Failed(MirrorFailure.TRUNCATED, "ended early, at byte " + writer.position()));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onFailure(MirrorFailure failure, String detail, boolean staleConnection) {
        lock.lock();
        try {
            if (!ended) {
                endWith(
                        staleConnection
                                ? new Outcome.Again(false, "its connection had been closed meanwhile")
                                : new Outcome.Failed(failure, detail));
            }
        } finally {
            lock.unlock();
        }
    }

    private ContentHead acceptedHead() {
        return accepted instanceof ResponseCheck.Verdict.FromStart fromStart
                ? fromStart.head()
                : ((ResponseCheck.Verdict.Continues) accepted).head();
    }

    private void firstByteArrived() {
        long now = now();
        lease.firstByte(Duration.ofNanos(now - sentNanos));
        progress = new Progress(
                context, download.path(), lease.mirror(), download.demand().mayComeSlowly(), now);
        arm(progress.nanosLeft(now));
    }

    private void armFirstByteDeadline() {
        long waited = now() - sentNanos;
        long forOne = context.deadlines().firstByte().toNanos() - waited;
        long forAll = starter.patienceLeftNanos();
        arm(forOne > 0 ? Math.min(forOne, forAll) : forAll);
    }

    private void arm(long delayNanos) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = context.timer().schedule(this::deadlineReached, Math.max(1, delayNanos), TimeUnit.NANOSECONDS);
    }

    private void deadlineReached() {
        if (!lock.tryLock()) {
            // Bytes are being written at this moment: there is progress, look again later.
            ScheduledFuture<?> unused = context.timer().schedule(this::deadlineReached, 1, TimeUnit.MILLISECONDS);
            return;
        }
        try {
            if (ended) {
                return;
            }
            if (progress == null) {
                firstByteIsLate();
            } else if (pausedSinceNanos != null) {
                writer.placement().hurry();
                arm(SLOW_ONES_MAY_TAKE.toNanos());
            } else {
                checkSpeed();
            }
            if (ended) {
                request.drop();
            }
        } finally {
            lock.unlock();
        }
    }

    private void pauseIfThereIsNoRoom() {
        if (pausedSinceNanos == null
                && writer.waitForRoom(() -> context.storage().execute(this::roomIsThere))) {
            pausedSinceNanos = now();
            request.pause();
            arm(SLOW_ONES_MAY_TAKE.toNanos());
        }
    }

    private void roomIsThere() {
        lock.lock();
        try {
            if (ended || pausedSinceNanos == null) {
                return;
            }
            long now = now();
            progress.wentOn(now - pausedSinceNanos, now);
            pausedSinceNanos = null;
            arm(progress.nanosLeft(now));
            request.goOn();
        } finally {
            lock.unlock();
        }
    }

    private void firstByteIsLate() {
        if (starter.patienceLeftNanos() <= 0
                || (now() - sentNanos >= context.deadlines().firstByte().toNanos() && starter.anotherMirrorIsLeft())) {
            Duration waited = Duration.ofNanos(now() - sentNanos);
            endWith(new Outcome.Failed(MirrorFailure.STALLED, "sent nothing for " + waited.toMillis() + " ms"));
        } else {
            armFirstByteDeadline();
        }
    }

    private void checkSpeed() {
        long now = now();
        switch (progress.judge(now, writer.missing(), starter.speedsOutpaced())) {
            case STOPPED ->
                endWith(new Outcome.Failed(MirrorFailure.STALLED, "stopped sending at byte " + writer.position()));
            case BELOW_LIMIT ->
                moveOn("sent less than " + progress.limit().bytesPerSecond() + " bytes/s", OptionalDouble.empty());
            case OUTPACED ->
                moveOn(
                        String.format(
                                Locale.ROOT, "sends %.0f bytes/s, far less than others", progress.bytesPerSecond()),
                        OptionalDouble.of(progress.bytesPerSecond()));
            case GOOD -> {
                // Looked at again below.
            }
        }
        if (!ended) {
            arm(progress.nanosLeft(now));
        }
    }

    /** Slow is better than nothing, and than the broken response of a file that no other mirror may continue. */
    private void moveOn(String detail, OptionalDouble outpacedAt) {
        if (!download.path().kind().mutable() && starter.anotherMirrorIsLeft()) {
            endWith(new Outcome.Failed(MirrorFailure.TOO_SLOW, detail + ", at byte " + writer.position(), outpacedAt));
        }
    }

    private void endWithAll() {
        endWith(new Outcome.Delivered(progress.received(), progress.elapsed(now()), heldBack));
    }

    /** That it delivered well is not reported yet: its bytes are still to be proven. */
    private void endWith(Outcome outcome) {
        end();
        if (outcome instanceof Outcome.Failed failed) {
            lease.failed(failed.failure());
        }
        // On another thread, since nothing may be told while the lock is held.
        context.storage().execute(() -> starter.transferEnded(this, outcome));
    }

    private void end() {
        ended = true;
        if (progress != null) {
            progress.end();
        }
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }
}
