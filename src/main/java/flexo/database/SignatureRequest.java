package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.GenerationNote.Signature;
import flexo.download.DownloadContext;
import flexo.download.DownloadFailure;
import flexo.download.MirrorRequest;
import flexo.download.MirrorResponse;
import flexo.download.MirrorResponseListener;
import flexo.download.SentRequest;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.Rest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Requests the signature of a database from the mirror that has just delivered it; no other mirror's will do.
 *
 * <p>The monitor guards all mutable state; nothing blocks inside, and no callback is called.
 */
final class SignatureRequest implements MirrorResponseListener {
    /** pacman's own limit; a signature has some hundred bytes, and there may be several. */
    private static final int MAX_BYTES = 16 * 1024;

    private static final byte[] ARMOR_START = "-----BEGIN PGP SIGNATURE-----".getBytes(StandardCharsets.US_ASCII);
    /** It is small, and the mirror has just proven to be fast. */
    private static final Duration PATIENCE = Duration.ofMillis(2500);
    /** Retries are for stale connections. */
    private static final int AGAIN_AT_MOST = 2;

    /** The mirror's answer. */
    sealed interface Answer {
        /** The signature. */
        record Found(Signature signature) implements Answer {}

        /** The mirror has none. */
        record Absent() implements Answer {}

        /** The mirror gave no valid answer. */
        record Failed(MirrorFailure failure, String why) implements Answer {
            /** The same for a client that requests the signature. */
            DownloadFailure toClients(Mirror mirror, RepositoryPath database) {
                return new DownloadFailure(
                        failure == MirrorFailure.WRONG_CONTENT
                                ? DownloadFailure.Reason.NOT_FOUND
                                : DownloadFailure.Reason.BAD_ANSWERS,
                        database.signature() + ": " + mirror + " " + why);
            }
        }
    }

    private final SentRequest request;
    /** Told that the mirror wants to be left alone. */
    private final Consumer<Rest> whenRestIsWanted;

    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int sent;

    private SignatureRequest(DownloadContext context, MirrorRequest mirrorRequest, Consumer<Rest> whenRestIsWanted) {
        this.whenRestIsWanted = whenRestIsWanted;
        this.request = new SentRequest(context, mirrorRequest, this);
    }

    /** Sends the request; completed on any thread, never exceptionally. */
    static CompletionStage<Answer> send(DownloadContext context, Mirror mirror, RepositoryPath path) {
        SignatureRequest request = new SignatureRequest(
                context,
                new MirrorRequest(context.mirrors().uri(path, mirror), 0, false, Optional.empty()),
                rest -> context.mirrors().lease(path, mirror).ifPresent(lease -> {
                    lease.wantsRest(rest);
                    lease.close();
                }));
        ScheduledFuture<?> deadline =
                context.timer().schedule(request::timedOut, PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        request.send();
        return request.answer.whenComplete((found, failure) -> deadline.cancel(false));
    }

    private void send() {
        synchronized (this) {
            sent++;
        }
        request.send();
    }

    private void timedOut() {
        stop(MirrorFailure.STALLED, "did not deliver the signature in time");
    }

    /** Fails the request while the mirror may go on sending. */
    private void stop(MirrorFailure failure, String why) {
        fail(failure, why);
        request.drop();
    }

    @Override
    public boolean onResponse(MirrorResponse mirrorResponse) {
        switch (mirrorResponse.status()) {
            case 200 -> {
                return true;
            }
            // Object stores answer 401 or 403 for a missing file.
            case 401, 403, 404, 410 -> {
                answer.complete(new Answer.Absent());
                return false;
            }
            default -> {
                mirrorResponse.rest().ifPresent(whenRestIsWanted);
                fail(
                        MirrorFailure.BAD_STATUS,
                        "answered with status " + mirrorResponse.status() + " for the signature");
                return false;
            }
        }
    }

    @Override
    public void onBytes(ByteBuffer piece) {
        synchronized (this) {
            if (bytes.size() + piece.remaining() <= MAX_BYTES) {
                byte[] copy = new byte[piece.remaining()];
                piece.get(copy);
                bytes.writeBytes(copy);
                return;
            }
        }
        piece.position(piece.limit());
        stop(MirrorFailure.WRONG_CONTENT, "sent far too much for a signature");
    }

    @Override
    public void onEnd() {
        byte[] all;
        synchronized (this) {
            all = bytes.toByteArray();
        }
        if (!mayBeSignature(all)) {
            fail(MirrorFailure.WRONG_CONTENT, "sent something else instead of the signature");
        } else {
            answer.complete(new Answer.Found(Signature.of(all)));
        }
    }

    /** Checks the first bytes: an OpenPGP packet (RFC 9580, section 4.2) or its armor; no text and no web page. */
    private static boolean mayBeSignature(byte[] all) {
        return all.length > 0
                && ((all[0] & 0x80) != 0
                        || Arrays.equals(
                                all, 0, Math.min(all.length, ARMOR_START.length), ARMOR_START, 0, ARMOR_START.length));
    }

    @Override
    public void onFailure(MirrorFailure failure, String detail, boolean staleConnection) {
        boolean again;
        synchronized (this) {
            again = staleConnection && sent <= AGAIN_AT_MOST;
        }
        if (again) {
            send();
        } else {
            fail(failure, detail);
        }
    }

    private void fail(MirrorFailure failure, String why) {
        answer.complete(new Answer.Failed(failure, why));
    }
}
