package flexo.download;

import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import flexo.mirror.Rest;
import flexo.repository.FirstBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One attempt of a download: one request to one mirror, from one byte on.
 *
 * <p>It checks the mirror's promise, passes its bytes to the {@link PartWriter} and obeys its {@link TransferDeadline}.
 * It ends exactly once, with one {@link Outcome}; later bytes of the mirror are ignored. All of this happens under
 * {@code lock}, which keeps an abandoned transfer from writing: it is held while bytes go to the page cache, and never
 * during callbacks. The timer does not wait for it: while it is held, bytes are arriving.
 */
final class Transfer implements MirrorResponseListener {
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    /** The file is not cached (RFC 9111, section 5.2.1.7). */
    private static final int GATEWAY_TIMEOUT = 504;

    private final Fetch fetch;
    private final Executor storage;
    private final MirrorLease lease;
    private final WritingEnd writer;
    private final MirrorChoice mirrors;
    private final Race race;
    private final SentRequest request;
    /** Whether the request goes to another node, for a cached file. */
    private final boolean sibling;
    /** Whether its bytes come slowly: when a client wants them, it gives way to a transfer at full speed. */
    private final boolean slowly;

    /** Shared with the race. */
    private final ReentrantLock lock;
    // All following fields are guarded by lock.
    private final TransferDeadline deadline;
    private boolean ended;
    /** Whether its mirror counts as being asked. */
    private boolean isAsking;
    /** Ends the embargo; null unless there is one. */
    private ScheduledFuture<?> release;
    /** Null until a response was accepted. */
    private ResponseCheck.Verdict.Accepted accepted;
    /** The head that was accepted; null until then. */
    private MirrorResponse response;
    /** The bytes of the body still to come; valid once a response was accepted. */
    private long leftBytes;
    /** The bytes it has brought that were missing. */
    private long newBytes;
    /** Whether the writer was prepared for its bytes. */
    private boolean begun;
    /** The bytes that the disk has refused, and those since, until the next attempt; null while it accepts all. */
    private List<ByteBuffer> refused;
    /** Whether the response has ended while there are refused bytes. */
    private boolean responseEnded;

    /**
     * A transfer that has not begun.
     *
     * @param mirrors tells whether the download could continue elsewhere, and its patience
     * @param race receives the outcome once, unless the transfer was cancelled
     */
    Transfer(Fetch fetch, WritingEnd writer, MirrorChoice mirrors, MirrorLease lease, Race race) {
        this.fetch = fetch;
        this.storage = fetch.context().storage();
        this.writer = writer;
        this.lease = lease;
        this.mirrors = mirrors;
        this.race = race;
        this.lock = race.lock();
        this.sibling = fetch.context().mirrors().isSibling(lease.mirror());
        this.deadline = new TransferDeadline(
                fetch,
                mirrors,
                lease.mirror(),
                () -> race.fellSilent(this),
                () -> race.outpaced(this),
                this::deadlineReached);
        this.slowly = fetch.download().demand().mayComeSlowly() && !sibling;
        this.request = new SentRequest(
                fetch.context(),
                new MirrorRequest(
                        fetch.context().mirrors().uri(fetch.path(), lease.mirror()),
                        writer.fromByte(),
                        writer.untilByte(),
                        fetch.headOnly(),
                        writer.fromByte() == 0 ? fetch.policy().validators(lease.mirror()) : Optional.empty(),
                        slowly,
                        writer.takesSmallPieces(),
                        sibling,
                        fetch.download().via()),
                this);
    }

    MirrorLease lease() {
        return lease;
    }

    /** Sends the request. The deadline starts now, however long name resolution takes. */
    void start() {
        lock.lock();
        try {
            if (ended) {
                // Cancelled before it began.
                return;
            }
            deadline.sent();
            fetch.download().course().asks(lease.mirror());
            isAsking = true;
        } finally {
            lock.unlock();
        }
        request.send();
        if (slowly) {
            var unused = fetch.download().demand().whenTold().thenRunAsync(this::giveWay, storage);
        }
    }

    /**
     * Cancels the transfer without a callback.
     *
     * @return false if it had ended already, and the callback follows
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

    /** Ends early, so that others have their turn. Does nothing if all bytes have arrived. */
    void giveWay() {
        lock.lock();
        try {
            if (!ended) {
                endWith(new Outcome.Yielded());
                request.drop();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has brought the download any bytes. */
    boolean hasDelivered() {
        lock.lock();
        try {
            return deadline.received() > 0;
        } finally {
            lock.unlock();
        }
    }

    // Called under the lock.

    /** Whether others should have been asked by now. */
    boolean isLate() {
        return silent().compareTo(usualSilence()) >= 0;
    }

    /** The silence after which others are asked as well. */
    Duration usualSilence() {
        return sibling ? Deadlines.SIBLING : fetch.context().deadlines().firstByte();
    }

    /** The time since the request, while there is no first byte. */
    Duration silent() {
        return deadline.waited();
    }

    /** Whether any byte has arrived. */
    boolean isAnswered() {
        return deadline.isAnswered();
    }

    /** Its recent speed. */
    double bytesPerSecond() {
        return deadline.bytesPerSecond();
    }

    /** The bytes it has brought so far, new or not. */
    Outcome.Delivered soFar() {
        return new Outcome.Delivered(deadline.received(), newBytes, deadline.elapsed(), slowly);
    }

    /** A description of its silence. */
    String silence() {
        return deadline.isAnswered()
                ? "stopped sending at byte " + writer.position()
                : "sent nothing for " + silent().toMillis() + " ms";
    }

    @Override
    public boolean onResponse(MirrorResponse received) {
        MirrorResponse mirrorResponse = received.withLength(fetch.policy().expectedLength());
        lock.lock();
        try {
            if (ended) {
                return false;
            }
            Optional<Rest> rest = mirrorResponse.rest();
            if (rest.isPresent()) {
                lease.wantsRest(rest.get());
                endWith(new Outcome.Failed(
                        MirrorFailure.WANTS_REST, "wants to be left alone (status " + mirrorResponse.status() + ")"));
                return false;
            }
            Optional<Outcome> ofSibling = refusedBySibling(mirrorResponse.status());
            if (ofSibling.isPresent()) {
                endWith(ofSibling.get());
                return false;
            }
            Optional<Outcome> unchanged = unchanged(mirrorResponse);
            if (unchanged.isPresent()) {
                if (unchanged.get() instanceof Outcome.Unchanged) {
                    firstByteArrived();
                }
                endWith(unchanged.get());
                return false;
            }
            ResponseCheck.Verdict verdict = writer.check(request.mirrorRequest().ifChanged())
                    .askedFrom(request.mirrorRequest().fromByte())
                    .judge(mirrorResponse, fetch.context().wallClock().instant().truncatedTo(ChronoUnit.SECONDS));
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
            accepted = (ResponseCheck.Verdict.Accepted) verdict;
            response = mirrorResponse;
            leftBytes = bodyEnd() - (isFromStart() ? 0 : request.mirrorRequest().fromByte());
            if (endsForObjection()) {
                return false;
            }
            if (fetch.headOnly()) {
                firstByteArrived();
                fetch.download()
                        .completeWithHead(accepted.head(), lease.mirror().toString());
                endWithAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Another node may refuse us; the same answer of a mirror need not be its fault. */
    private Optional<Outcome> refusedBySibling(int status) {
        if (!sibling) {
            return Optional.empty();
        }
        return switch (status) {
            case NOT_FOUND, GATEWAY_TIMEOUT ->
                Optional.of(new Outcome.Failed(MirrorFailure.NOT_CACHED, "does not have it"));
            case FORBIDDEN ->
                Optional.of(new Outcome.Failed(
                        MirrorFailure.BAD_STATUS,
                        "answered with status " + status + ": its allowed_clients leaves us out"));
            default -> Optional.empty();
        };
    }

    /** The outcome of a "not modified", if the file's policy decides on it. */
    private Optional<Outcome> unchanged(MirrorResponse mirrorResponse) {
        return request.mirrorRequest()
                .ifChanged()
                .filter(asked -> mirrorResponse.status() == ResponseCheck.NOT_MODIFIED)
                .flatMap(asked -> fetch.policy().unchangedWord(lease.mirror(), mirrorResponse, asked))
                .map(word -> {
                    if (word instanceof FilePolicy.UnchangedWord.ToBeSent toBeSent) {
                        return new Outcome.Again(true, toBeSent.why());
                    }
                    return word instanceof FilePolicy.UnchangedWord.Refused refused
                            ? new Outcome.Failed(
                                    refused.objection().failure(),
                                    refused.objection().why())
                            : new Outcome.Unchanged();
                });
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            int count = bytes.remaining();
            Optional<FilePolicy.Objection> objection = objection(bytes);
            if (objection.isPresent()) {
                endWith(new Outcome.Failed(
                        objection.get().failure(), objection.get().why()));
                request.drop();
                return;
            }
            if (!deadline.isAnswered()) {
                // Again, since others in the race may have been judged since: the result must be that of this one.
                if (endsForObjection()) {
                    request.drop();
                    return;
                }
                firstByteArrived();
                storage.execute(() -> fetch.policy().arriving(lease.mirror()));
            }
            if (deadline.received() + count > fetch.policy().bytesAtMost()) {
                endWith(new Outcome.Failed(MirrorFailure.WRONG_CONTENT, "sends far more than such a file has"));
                request.drop();
                return;
            }
            if (count > leftBytes) {
                endWith(new Outcome.Failed(MirrorFailure.WRONG_LENGTH, "sent more bytes than it announced"));
                request.drop();
                return;
            }
            int known = (int) Math.min(count, knownBytes());
            leftBytes -= count;
            deadline.arrived(count);
            race.arrived(this);
            if (known == count) {
                return;
            }
            bytes.position(bytes.position() + known);
            newBytes += bytes.remaining();
            if (refused != null) {
                refused.add(copy(bytes));
                return;
            }
            try {
                store(bytes);
            } catch (IOException e) {
                askForRoom(bytes, e);
                return;
            }
            stored();
        } finally {
            lock.unlock();
        }
    }

    /** The number of next bytes that another transfer has already brought. */
    private long knownBytes() {
        return isFromStart() && !begun ? 0 : Math.max(0, writer.fromByte() - (bodyEnd() - leftBytes));
    }

    private boolean endsForObjection() {
        Optional<FilePolicy.Objection> objection = fetch.policy().objection(response, accepted.head());
        objection.ifPresent(found -> endWith(new Outcome.Failed(found.failure(), found.why())));
        return objection.isPresent();
    }

    /** The first byte of the file behind the accepted body. */
    private long bodyEnd() {
        return isFromStart()
                ? accepted.head().lengthBytes()
                : Math.min(
                        accepted.head().lengthBytes(), request.mirrorRequest().untilByte());
    }

    private boolean isFromStart() {
        return accepted instanceof ResponseCheck.Verdict.FromStart;
    }

    private void store(ByteBuffer bytes) throws IOException {
        if (!begun) {
            writer.begin(accepted.head(), isFromStart(), lease.mirror().toString());
            begun = true;
            writer.embargoLeft().ifPresent(this::releaseAfter);
        }
        writer.comesFrom(lease.mirror());
        writer.write(bytes);
    }

    /** Ends the embargo after a while, so that clients do not wait for a mirror that pauses. */
    private void releaseAfter(Duration embargo) {
        release = fetch.context()
                .timer()
                .schedule(() -> storage.execute(this::release), embargo.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void release() {
        lock.lock();
        try {
            if (!ended && writer.endEmbargo()) {
                mirrors.renewPatience();
            }
        } finally {
            lock.unlock();
        }
    }

    private void stored() {
        if (writer.isReleased()) {
            mirrors.renewPatience();
        }
        if (leftBytes == 0) {
            // Not only at the end of the response: nothing that happens to it can make the file incomplete.
            endWithAll();
        } else if (writer.hasMetAnother()) {
            endWithAll();
            request.drop();
        } else if (writer.waitForReader(() -> storage.execute(this::goOn))) {
            pause();
        }
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    /** Pauses the mirror while room is made; then the refused bytes are tried again. */
    private void askForRoom(ByteBuffer bytes, IOException refusal) {
        race.goOnAlone(this);
        refused = new ArrayList<>(List.of(copy(bytes)));
        pause();
        var unused = writer.makeRoom(refusal).thenRunAsync(this::tryAgain, storage);
    }

    private void tryAgain() {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            for (ByteBuffer bytes : refused) {
                storeOrHold(bytes);
            }
            refused = null;
            if (leftBytes > 0 && responseEnded) {
                endOfResponse();
                return;
            }
            resume();
            stored();
        } catch (IOException e) {
            endWith(new Outcome.StorageFailed(e));
            request.drop();
        } finally {
            lock.unlock();
        }
    }

    private void storeOrHold(ByteBuffer bytes) throws IOException {
        try {
            store(bytes);
        } catch (IOException refusal) {
            if (!writer.hold(refusal)) {
                throw refusal;
            }
            begun = true;
            writer.write(bytes);
        }
    }

    /** By its first bytes, whatever its head says of it. */
    private Optional<FilePolicy.Objection> objection(ByteBuffer bytes) {
        if (deadline.isAnswered() || !isFromStart()) {
            return Optional.empty();
        }
        byte[] start = new byte[Math.min(bytes.remaining(), FirstBytes.ENOUGH)];
        bytes.duplicate().get(start);
        return fetch.policy().objection(fetch.path(), start, accepted.head().lengthBytes());
    }

    @Override
    public void onEnd() {
        lock.lock();
        try {
            if (refused != null) {
                responseEnded = true;
            } else if (!ended) {
                endOfResponse();
            }
        } finally {
            lock.unlock();
        }
    }

    private void endOfResponse() {
        if (!accepted.head().isLengthKnown() && newBytes > 0) {
            writer.endsHere(!response.endsWithConnection());
            endWithAll();
        } else {
            endTooEarly();
        }
    }

    private void endTooEarly() {
        endWith(new Outcome.Failed(MirrorFailure.TRUNCATED, "ended early, at byte " + writer.position()));
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

    private void firstByteArrived() {
        race.answered(this);
        lease.firstByte(deadline.answered());
    }

    private void deadlineReached() {
        if (!lock.tryLock()) {
            deadline.postpone();
            return;
        }
        try {
            if (ended) {
                return;
            }
            Optional<Outcome.Failed> failed = deadline.judge(writer);
            if (failed.isPresent()) {
                endWith(failed.get());
                request.drop();
            }
        } finally {
            lock.unlock();
        }
    }

    private void pause() {
        deadline.pause();
        request.pause();
    }

    private void goOn() {
        lock.lock();
        try {
            if (!ended) {
                resume();
            }
        } finally {
            lock.unlock();
        }
    }

    private void resume() {
        mirrors.renewPatience();
        deadline.goOn();
        request.goOn();
    }

    private void endWithAll() {
        endWith(soFar());
    }

    /** Its success is not reported yet, since its bytes are still to be verified. */
    private void endWith(Outcome outcome) {
        end();
        if (outcome instanceof Outcome.Failed failed) {
            lease.failed(failed.failure());
        }
        race.ended(this, outcome);
    }

    private void end() {
        ended = true;
        if (isAsking) {
            isAsking = false;
            fetch.download().course().leaves(lease.mirror());
        }
        deadline.end();
        if (release != null) {
            release.cancel(false);
        }
    }
}
