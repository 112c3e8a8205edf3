package flexo.download;

import flexo.cache.ContentHead;
import flexo.cache.PartPromise;
import flexo.cache.Validators;
import flexo.mirror.MirrorFailure;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides whether the head of a mirror's response promises the next bytes of a download.
 *
 * @param fromByte the byte the request asked to begin at
 * @param untilByte the first byte that it did not ask for; {@link Long#MAX_VALUE} if it asked for all that follow
 * @param promise what is known of the file: from the first mirror, or from a part file; empty for a fresh download
 * @param mayStartOver whether the bytes so far may still be given up because no client has seen any
 * @param ifChanged the state that the mirror was asked to send nothing but a newer one than; empty if it was not
 * @param isListed whether somebody else than the client has said that there is such a file
 */
record ResponseCheck(
        long fromByte,
        long untilByte,
        Optional<PartPromise> promise,
        boolean mayStartOver,
        Optional<Validators> ifChanged,
        boolean isListed) {
    /** Of a request for all that follows. */
    ResponseCheck(
            long fromByte,
            Optional<PartPromise> promise,
            boolean mayStartOver,
            Optional<Validators> ifChanged,
            boolean isListed) {
        this(fromByte, Long.MAX_VALUE, promise, mayStartOver, ifChanged, isListed);
    }

    private static final int OK = 200;
    /** The file as transformed by a proxy. */
    private static final int NON_AUTHORITATIVE = 203;

    private static final int PARTIAL_CONTENT = 206;
    static final int NOT_MODIFIED = 304;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NOT_IMPLEMENTED = 501;

    /** The decision on the response. */
    sealed interface Verdict {
        /** The body is accepted. */
        sealed interface Accepted extends Verdict {
            /** The promised head of the whole file. */
            ContentHead head();
        }

        /** The body is the file from its first byte. */
        record FromStart(ContentHead head) implements Accepted {}

        /** The body continues exactly at the end of the bytes so far. */
        record Continues(ContentHead head) implements Accepted {}

        /** There is no body: the known state is the mirror's latest. */
        record Unchanged() implements Verdict {}

        /** The bytes so far belong to another file; discard them and request all of it from the same mirror. */
        record StartOver(String why) implements Verdict {}

        /** It is useless; ask another mirror. */
        record Refused(MirrorFailure failure, String why) implements Verdict {}
    }

    /** The same for a transfer that requested earlier bytes, which another has brought meanwhile. */
    ResponseCheck askedFrom(long byteAsked) {
        return byteAsked == fromByte
                ? this
                : new ResponseCheck(byteAsked, untilByte, promise, false, Optional.empty(), true);
    }

    Verdict judge(MirrorResponse response, Instant now) {
        return switch (response.status()) {
            case OK, NON_AUTHORITATIVE -> judgeWhole(response, now);
            case PARTIAL_CONTENT -> judgePart(response, now);
            case NOT_MODIFIED -> judgeUnchanged(response);
            case NOT_FOUND, GONE -> new Verdict.Refused(MirrorFailure.NOT_FOUND, "has no such file");
            case RANGE_NOT_SATISFIABLE ->
                mayStartOver && fromByte > 0
                        ? new Verdict.StartOver("the mirror's file is shorter")
                        : new Verdict.Refused(MirrorFailure.WRONG_LENGTH, "has a shorter file");
            // Only HEAD is answered like this; it is not the mirror's fault.
            case METHOD_NOT_ALLOWED, NOT_IMPLEMENTED ->
                new Verdict.Refused(MirrorFailure.RANGE_IGNORED, "does not answer this kind of request");
            default ->
                isOnlyAsked(response.status())
                        ? new Verdict.Refused(
                                MirrorFailure.NOT_FOUND, "does not give it out (" + response.status() + ")")
                        : new Verdict.Refused(MirrorFailure.BAD_STATUS, "answered with status " + response.status());
        };
    }

    /** Whether the status may be caused by a path that a client made up, rather than by the mirror. */
    private boolean isOnlyAsked(int status) {
        return !isListed
                && status / 100 == 4
                && status != UNAUTHORIZED
                && status != REQUEST_TIMEOUT
                && status != TOO_MANY_REQUESTS;
    }

    /** A server may answer so for an older file, too; many send its time. */
    private Verdict judgeUnchanged(MirrorResponse response) {
        if (ifChanged.isEmpty()) {
            return new Verdict.Refused(MirrorFailure.BAD_STATUS, "answered a question that was not asked");
        }
        Optional<Instant> known = ifChanged.get().lastModified();
        Optional<Instant> its = response.lastModified();
        return known.isPresent() && its.isPresent() && its.get().isBefore(known.get())
                ? new Verdict.Refused(
                        MirrorFailure.OUTDATED,
                        "has nothing newer than the state of " + its.get() + ", and that of " + known.get()
                                + " is known already")
                : new Verdict.Unchanged();
    }

    private Verdict judgeWhole(MirrorResponse response, Instant now) {
        if (fromByte > 0 && !mayStartOver) {
            return new Verdict.Refused(MirrorFailure.RANGE_IGNORED, "sent the whole file instead of the rest");
        }
        long lengthBytes = response.bodyBytes().orElse(ContentHead.UNKNOWN_LENGTH);
        if (lengthBytes <= 0) {
            return new Verdict.Refused(MirrorFailure.WRONG_CONTENT, "sent an empty file");
        }
        if (!mayStartOver && promise.isPresent() && promise.get().lengthBytes() != lengthBytes) {
            return new Verdict.Refused(MirrorFailure.WRONG_LENGTH, "has a file of another size");
        }
        return new Verdict.FromStart(head(response, lengthBytes, now));
    }

    private Verdict judgePart(MirrorResponse response, Instant now) {
        if (fromByte == 0 || promise.isEmpty() || response.range().isEmpty()) {
            return new Verdict.Refused(MirrorFailure.RANGE_IGNORED, "sent a part of the file that was not asked for");
        }
        MirrorResponse.ContentRange range = response.range().get();
        ContentHead head = head(response, range.totalBytes(), now);
        if (mayStartOver && !promise.get().agreesWith(head)) {
            return new Verdict.StartOver("the mirror's file has another size or time");
        }
        if (range.totalBytes() != promise.get().lengthBytes()) {
            return new Verdict.Refused(MirrorFailure.WRONG_LENGTH, "has a file of another size");
        }
        long end = Math.min(range.totalBytes(), untilByte);
        if (range.first() != fromByte
                || range.last() != end - 1
                || response.bodyBytes().orElse(end - fromByte) != end - fromByte) {
            return new Verdict.Refused(MirrorFailure.RANGE_IGNORED, "sent another part of the file than was asked for");
        }
        return new Verdict.Continues(head);
    }

    /** Without a time from the mirror, the known one applies, else the present, as in pacman. */
    private ContentHead head(MirrorResponse response, long lengthBytes, Instant now) {
        Instant known = promise.flatMap(PartPromise::lastModified).orElse(now);
        return new ContentHead(lengthBytes, response.lastModified().orElse(known));
    }
}
